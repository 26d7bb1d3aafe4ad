import type { Server } from 'node:http'

const portsTried = 20

/**
 * Listens on `port`, or on the next free one of the 20 after it; 0 lets the system choose. Returns the port. Rejects
 * with a sentence that names the remedy where none is free or the address is not ours.
 */
export async function listen(
  app: { readonly server: Server; listen(at: { host: string; port: number }): Promise<string> },
  host: string,
  port: number,
): Promise<number> {
  const last = port === 0 ? 0 : Math.min(65_535, port + portsTried)
  for (let next = port; next <= last; next++) {
    try {
      await app.listen({ host, port: next })
      const address = app.server.address()
      return typeof address === 'object' && address !== null ? address.port : next
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      if (code === 'EADDRINUSE') continue
      throw new Error(
        `Cannot listen on ${host}:${next} (${String(code)}). Choose another --host or --port.`,
        { cause: error },
      )
    }
  }
  throw new Error(`The ports ${port} to ${last} of ${host} are all taken. Choose another --port.`)
}
