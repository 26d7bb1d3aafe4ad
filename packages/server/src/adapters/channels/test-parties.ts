import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'

/** A certificate for localhost that signed itself, and its key: paths of PEM files. */
export interface TestCertificate {
  readonly cert: string
  readonly key: string
}

/** Makes one in this folder, with openssl. */
export function makeCertificate(folder: string): TestCertificate {
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  const made = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
  ]
  const files = ['-keyout', key, '-out', cert, '-days', '2']
  execFileSync('openssl', [...made, ...files, ...subject], { stdio: 'pipe' })
  return { cert, key }
}

/** Why tests with these programs cannot run here; null where they can. `imports` are modules of Python. */
export function missingParty(program: string, imports: readonly string[] = []): string | null {
  const asked = imports.length === 0 ? ['version'] : ['-c', `import ${imports.join(', ')}`]
  try {
    execFileSync(program, asked, { stdio: 'ignore' })
    return null
  } catch {
    return `skipped: there is no ${[program, ...imports].join(' with ')} here`
  }
}

/** A process of Python that answers on a port until it is stopped; `lines` is what it printed. */
export interface PythonParty {
  readonly port: number
  readonly lines: string[]
  readonly stop: () => Promise<void>
}

/** Starts Python with these arguments, given the port that it is to answer on; resolves when it does. */
export async function startPython(args: (port: number) => readonly string[]): Promise<PythonParty> {
  const port = await freePort()
  const child: ChildProcess = spawn('python3', [...args(port)], { stdio: ['pipe', 'pipe', 'pipe'] })
  const lines: string[] = []
  let rest = ''
  child.stdout?.on('data', (part) => {
    const parts = (rest + String(part)).split('\n')
    rest = parts.pop() ?? ''
    lines.push(...parts)
  })
  let complaints = ''
  child.stderr?.on('data', (part) => {
    complaints = (complaints + String(part)).slice(-4_000)
  })
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  for (let tries = 0; !(await answers(port)); tries++) {
    if (tries > 200 || child.exitCode !== null)
      throw new Error(`python3 did not start: ${complaints}`)
    await new Promise((later) => setTimeout(later, 100))
  }
  return {
    port,
    lines,
    async stop() {
      child.kill()
      await ended
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listening(server)
  await new Promise((closed) => server.close(closed))
  return port
}

/** The port on which this server now listens, on 127.0.0.1. */
export async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const at = server.address()
  if (typeof at !== 'object' || at === null) throw new Error('it does not listen')
  return at.port
}

async function answers(port: number): Promise<boolean> {
  const { connect } = await import('node:net')
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => resolve(false))
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}
