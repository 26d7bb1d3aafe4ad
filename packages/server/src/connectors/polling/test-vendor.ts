import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach } from 'vitest'
import type { Following } from './follow.ts'
import type { LogStream, Position } from './stream.ts'

/** A local server that answers as a vendor's documentation says; `asked` are the addresses it was asked, in order. */
export interface Vendor {
  readonly url: string
  readonly asked: string[]
}

let servers: Server[] = []
afterEach(() => {
  for (const server of servers) server.close()
  servers = []
})

/** What a vendor answers to a request and its body. */
export type Handler = (
  url: URL,
  request: IncomingMessage,
  body: string,
) => readonly [status: number, body: unknown, headers?: Record<string, string>]

/** Starts a server that answers so, until the test ends. */
export async function vendor(handler: Handler): Promise<Vendor> {
  const asked: string[] = []
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`)
    asked.push(`${url.pathname}${url.search}`)
    const [status, content, headers] = handler(url, request, body)
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify(content))
  }
  const server = createServer((request, response) => void answer(request, response))
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

/** When the tests' logs begin, ms UTC. */
export const start = Date.UTC(2024, 4, 6, 7)
export const minute = 60_000
/** That many minutes after the start, ISO 8601. */
export const at = (minutes: number) => new Date(start + minutes * minute).toISOString()

/** Where records go, what is kept, and what was waited, instead of a Gatewatch and a clock on the wall. */
export function recorder(now = start + 60 * minute) {
  const kept = {
    records: [] as unknown[],
    positions: [] as Position[],
    waits: [] as number[],
    said: [] as string[],
  }
  const parts: Following = {
    async deliver(_, records) {
      kept.records.push(...records)
    },
    async save(_, position) {
      kept.positions.push(position)
    },
    now: () => now,
    signal: new AbortController().signal,
    async wait(ms) {
      kept.waits.push(ms)
    },
    say: (what) => void kept.said.push(what),
  }
  return { kept, parts }
}

/** Nothing was read yet. */
export const begin: Position = { from: start, newest: start }

/** The first log of a source. */
export const only = (streams: readonly LogStream[]): LogStream => {
  const [stream] = streams
  if (stream === undefined) throw new Error('no stream')
  return stream
}
