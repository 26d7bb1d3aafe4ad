import { expect, test } from 'vitest'
import { follow } from '../polling/follow.ts'
import { SECRET, sourceContract } from '../polling/source.contract.ts'
import { begin, type Handler, minute, recorder, start, vendor } from '../polling/test-vendor.ts'
import { fieldsOf } from '../values/fields.ts'
import { duoStreams, signedHeaders } from './source.ts'

const now = start + 60 * minute
const open = (url: string, secret_key: string, log: number) => {
  const stream = duoStreams({ url, integration_key: 'DI1', secret_key }, () => now)[log]
  if (stream === undefined) throw new Error('no such log')
  return stream
}

/** Refuses what is not signed for the address and the time; times of the logs are whole seconds. */
const signed =
  (answer: Handler): Handler =>
  (url, request, body) => {
    const access = { url: url.origin, integration_key: 'DI1', secret_key: SECRET }
    const { authorization, date } = signedHeaders(access, 'GET', url.href, now)
    if (request.headers.authorization !== authorization || request.headers.date !== date)
      return [
        401,
        { code: 40103, message: 'Invalid signature in request credentials', stat: 'FAIL' },
      ]
    return answer(url, request, body)
  }

const secondsOf = (record: unknown) => Number(fieldsOf(record).timestamp)
const sorted = (log: readonly unknown[]) => log.toSorted((a, b) => secondsOf(a) - secondsOf(b))
const record = (minutes: number, txid: string) => ({
  timestamp: Math.floor((start + minutes * minute) / 1000),
  txid,
})
const idOf = (one: unknown) => fieldsOf(one).txid

sourceContract('the authentication log of Duo', {
  idOf,
  record,
  count: 25,
  open: (url, secret) => open(url, secret, 0),
  isPage: () => true,
  isLaterPage: (url) => url.searchParams.has('next_offset'),
  answers: (log) =>
    signed((url) => {
      const mintime = Number(url.searchParams.get('mintime'))
      const found = sorted(log).filter((one) => secondsOf(one) * 1000 >= mintime)
      const [, txid] = url.searchParams.get('next_offset')?.split(',') ?? []
      const first = txid === undefined ? 0 : found.findIndex((one) => idOf(one) === txid)
      const next = found[first + 10]
      const metadata = {
        total_objects: found.length,
        next_offset: next === undefined ? null : [String(secondsOf(next) * 1000), idOf(next)],
      }
      return [200, { stat: 'OK', response: { authlogs: found.slice(first, first + 10), metadata } }]
    }),
})

sourceContract('the administrators’ log of Duo', {
  idOf,
  record,
  count: 2_400,
  open: (url, secret) => open(url, secret, 1),
  isPage: () => true,
  isLaterPage: (url) => Number(url.searchParams.get('mintime')) > start / 1000,
  answers: (log) =>
    signed((url) => {
      const mintime = Number(url.searchParams.get('mintime'))
      const found = sorted(log).filter((one) => secondsOf(one) >= mintime)
      return [200, { stat: 'OK', response: found.slice(0, 1000) }]
    }),
})

test('a request is signed as Duo’s documentation shows', () => {
  const access = {
    url: 'https://api-xxxxxxxx.duosecurity.com',
    integration_key: 'DIWJ8X6AEYOR5OMC6TQ1',
    secret_key: 'Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep',
  }
  const url = `${access.url}/accounts/v1/account/list?username=root&realname=First%20Last`
  const { date, authorization = '' } = signedHeaders(access, 'POST', url, 1345570158_000)
  expect(date).toBe('Tue, 21 Aug 2012 17:29:18 -0000')
  expect(Buffer.from(authorization.slice(6), 'base64').toString()).toBe(
    'DIWJ8X6AEYOR5OMC6TQ1:2d97d6166319781b5a3a07af39d366f491234edc',
  )
})

test('nothing is asked of the two minutes that Duo holds back, nor of more than 180 days', async () => {
  const server = await vendor(signed(() => [200, { stat: 'OK', response: { authlogs: [] } }]))
  await follow(open(server.url, SECRET, 0), { from: 0, newest: 0 }, recorder().parts)
  const asked = new URL(server.asked[0] ?? '', server.url).searchParams
  expect(Number(asked.get('maxtime'))).toBe(now - 2 * minute)
  expect(Number(asked.get('mintime'))).toBe(now - 2 * minute - 180 * 86_400_000)
  await follow(open(server.url, SECRET, 0), { ...begin, from: now }, recorder().parts)
  const late = new URL(server.asked[1] ?? '', server.url).searchParams
  expect(Number(late.get('mintime'))).toBeLessThan(Number(late.get('maxtime')))
})
