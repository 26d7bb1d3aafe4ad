import { createServer } from 'node:http'

/** Where alerts are told: it counts how often each message came. */
export interface Receiver {
  readonly url: string
  /** Times that each message arrived, by the path that it was sent to and its key. */
  readonly arrived: ReadonlyMap<string, number>
  close(): Promise<void>
}

export async function startReceiver(): Promise<Receiver> {
  const arrived = new Map<string, number>()
  const server = createServer((request, response) => {
    const key = `${request.url}${request.headers['webhook-id']}`
    arrived.set(key, (arrived.get(key) ?? 0) + 1)
    request.resume().on('end', () => response.end())
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const at = server.address()
  if (typeof at !== 'object' || at === null) throw new Error('it does not listen')
  return {
    url: `http://127.0.0.1:${at.port}`,
    arrived,
    close() {
      server.closeAllConnections()
      return new Promise((closed) => server.close(() => closed()))
    },
  }
}
