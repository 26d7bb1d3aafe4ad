import { connect, createServer, type Socket } from 'node:net'

/** A line between processes and a server, that can be cut. */
export interface Wire {
  readonly port: number
  /** Ends every connection and takes no other. */
  cut(): void
  /** Passes again. */
  mend(): void
  close(): Promise<void>
}

/** Passes connections on to `target`: a port of this computer, or the path of a socket. */
export async function layWire(target: number | string): Promise<Wire> {
  const open = new Set<Socket>()
  let isCut = false
  const server = createServer((near) => {
    if (isCut) {
      near.destroy()
      return
    }
    const far = typeof target === 'number' ? connect(target, '127.0.0.1') : connect(target)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one)
      one.pipe(other)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
    }
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const at = server.address()
  if (typeof at !== 'object' || at === null) throw new Error('it does not listen')
  return {
    port: at.port,
    cut() {
      isCut = true
      for (const socket of open) socket.destroy()
    },
    mend() {
      isCut = false
    },
    close() {
      for (const socket of open) socket.destroy()
      return new Promise((closed) => server.close(() => closed()))
    },
  }
}
