import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { request } from './request.ts'

let server: Server
let origin = ''

beforeAll(async () => {
  server = createServer((incoming, answer) => {
    const [status, body] = answers[incoming.url ?? ''] ?? [200, { method: incoming.method }]
    answer.writeHead(status, { 'content-type': 'application/json' })
    answer.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  if (address && typeof address === 'object') origin = `http://127.0.0.1:${address.port}`
})

afterAll(() => new Promise((closed) => server.close(closed)))

const answers: Record<string, [status: number, body: unknown]> = {
  '/refused': [
    400,
    {
      error: {
        code: 'invalid_request',
        message: 'src.ip: not an address',
        details: [{ path: 'src.ip', message: 'not an address' }],
      },
    },
  ],
  '/proxy': [502, '<html>Bad gateway</html>'],
  '/strange': [200, { method: 7 }],
}
const Method = z.object({ method: z.string() })

test('a body makes it a POST', async () => {
  expect(await request(`${origin}/`, Method)).toEqual({ method: 'GET' })
  expect(await request(`${origin}/`, Method, { body: {} })).toEqual({ method: 'POST' })
})

test("a refusal keeps the server's code, message and details", async () => {
  await expect(request(`${origin}/refused`, Method)).rejects.toMatchObject({
    status: 400,
    code: 'invalid_request',
    message: 'src.ip: not an address',
    details: [{ path: 'src.ip', message: 'not an address' }],
  })
})

test('an error that is not ours still has its status', async () => {
  await expect(request(`${origin}/proxy`, Method)).rejects.toMatchObject({ status: 502 })
})

test('an answer of the wrong shape is an error, not a surprise later', async () => {
  await expect(request(`${origin}/strange`, Method)).rejects.toMatchObject({
    status: -1,
    code: 'unexpected_answer',
  })
})

test('a server that is away is status 0', async () => {
  await expect(request('http://127.0.0.1:1/', Method)).rejects.toMatchObject({ status: 0 })
})
