import { createHash } from 'node:crypto'
import { realpath, rm } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The right to use a data folder. It ends with the process, however that ends. */
export interface DirectoryLock {
  /** Says under which address (URL) this process answers, for whoever starts a second time. */
  announce(address: string): void
  release(): Promise<void>
}

/** The data folder is in use. `address` is empty while the other process is still starting. */
export interface DirectoryInUse extends Error {
  readonly code: 'directory_in_use'
  readonly address: string
}

/** Longest path (bytes) of a socket that every system takes. */
const SOCKET_PATH_BYTES = 100

/**
 * Takes the folder for this process, by listening on a socket in it: a dead process does not listen, so nothing stale
 * can stay behind. Rejects with DirectoryInUse where another process has it.
 */
export async function lockDirectory(folder: string): Promise<DirectoryLock> {
  const path = socketPath(await realpath(folder))
  let address = ''
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.end(JSON.stringify({ pid: process.pid, address }))
  })
  if (!(await listens(server, path))) {
    const holder = await askHolder(path)
    if (holder !== null) throw inUse(folder, holder)
    await rm(path, { force: true })
    if (!(await listens(server, path))) throw inUse(folder, (await askHolder(path)) ?? NOBODY)
  }
  server.unref()
  return {
    announce(url) {
      address = url
    },
    release: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

interface Holder {
  readonly pid: number
  readonly address: string
}

const NOBODY: Holder = { pid: 0, address: '' }

function socketPath(folder: string): string {
  const digest = createHash('sha256').update(folder).digest('hex').slice(0, 16)
  if (process.platform === 'win32') return `\\\\.\\pipe\\gatewatch-${digest}`
  const inside = join(folder, 'lock.sock')
  return Buffer.byteLength(inside) <= SOCKET_PATH_BYTES
    ? inside
    : join(tmpdir(), `gatewatch-${digest}.sock`)
}

function listens(server: Server, path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const refused = (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error)
    server.once('error', refused)
    server.listen(path, () => {
      server.off('error', refused)
      resolve(true)
    })
  })
}

/** Who holds the lock; null where nobody answers, which is a socket that a dead process left. */
function askHolder(path: string): Promise<Holder | null> {
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(path)
    socket.setEncoding('utf8')
    // A holder that is busy for long is still a holder.
    socket.setTimeout(5_000, () => {
      socket.destroy()
      resolve(NOBODY)
    })
    socket.on('error', () => resolve(null))
    socket.on('data', (chunk: string) => {
      text += chunk
    })
    socket.on('end', () => resolve(parseHolder(text)))
  })
}

function parseHolder(text: string): Holder {
  try {
    const { pid, address } = JSON.parse(text)
    return { pid: Number(pid), address: String(address) }
  } catch {
    return NOBODY
  }
}

function inUse(folder: string, { pid, address }: Holder): DirectoryInUse {
  const where = address === '' ? 'it is still starting' : `open ${address}`
  const who = pid === 0 ? 'another Gatewatch' : `another Gatewatch (process ${pid})`
  const message = `The data folder ${folder} is in use by ${who}: ${where}. Stop that one, or choose another folder with --data-dir.`
  return Object.assign(new Error(message), { code: 'directory_in_use' as const, address })
}
