import { expect, test } from 'vitest'
import { follow } from '../polling/follow.ts'
import { SECRET, sourceContract } from '../polling/source.contract.ts'
import { at, begin, minute, only, recorder, start, vendor } from '../polling/test-vendor.ts'
import { fieldsOf } from '../values/fields.ts'
import { githubStreams } from './source.ts'

test('GitHub: links are followed to the last page, and the last hour is asked for once more', async () => {
  const log = [1, 2, 3].map((n) => ({
    _document_id: `d${n}`,
    '@timestamp': start + n * minute,
    action: 'repo.create',
    actor: 'ada-l',
  }))
  let isLimited = true
  const server = await vendor((url, request) => {
    if (isLimited) {
      isLimited = false
      const reset = String(start / 1000 + 60 * 60 + 40)
      const limit = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset }
      return [403, { message: 'API rate limit exceeded' }, limit]
    }
    if (request.headers.authorization !== 'Bearer hush')
      return [401, { message: 'Bad credentials' }]
    const after = Number(url.searchParams.get('after') ?? 0)
    const next = new URL(url)
    next.searchParams.set('after', String(after + 2))
    const more: Record<string, string> =
      after + 2 < log.length
        ? { link: `<${next.href}>; rel="next", <${url.href}>; rel="prev"` }
        : {}
    return [200, log.slice(after, after + 2), more]
  })
  const access = { token: 'hush', of: 'orgs/example', api_url: server.url }
  const { kept, parts } = recorder()
  const end = await follow(
    only(githubStreams(access)),
    { from: start - 90 * minute, newest: start - 90 * minute },
    parts,
  )
  expect(kept.records).toEqual(log)
  expect(kept.waits).toEqual([40_000])
  expect(server.asked[0]).toBe(
    `/orgs/example/audit-log?include=all&order=asc&per_page=100&phrase=${encodeURIComponent(`created:>=${at(-90)}`)}`,
  )
  expect(end).toEqual({ from: start + 3 * minute - 60 * minute, newest: start + 3 * minute })
  const error = await follow(
    only(githubStreams({ ...access, token: 'wrong-one' })),
    begin,
    parts,
  ).catch((one: Error) => one)
  expect(String(error)).toContain('Bad credentials')
})

const timeOf = (record: unknown) => Number(fieldsOf(record)['@timestamp'])
sourceContract('the audit log of GitHub', {
  idOf: (record) => fieldsOf(record)._document_id,
  record: (minutes, _document_id) => ({ _document_id, '@timestamp': start + minutes * minute }),
  count: 25,
  open: (url, token) => only(githubStreams({ token, of: 'orgs/example', api_url: url })),
  isPage: () => true,
  isLaterPage: (url) => url.searchParams.has('after'),
  answers: (log) => (url, request) => {
    if (request.headers.authorization !== `Bearer ${SECRET}`)
      return [401, { message: 'Bad credentials' }]
    const from = /^created:>=(\S+)$/.exec(url.searchParams.get('phrase') ?? '')?.[1] ?? ''
    const found = log.filter((one) => timeOf(one) >= Date.parse(from))
    const sorted = found.toSorted((a, b) => timeOf(a) - timeOf(b))
    const after = Number(url.searchParams.get('after') ?? 0)
    const next = new URL(url)
    next.searchParams.set('after', String(after + 10))
    const more: Record<string, string> =
      after + 10 < sorted.length ? { link: `<${next.href}>; rel="next"` } : {}
    return [200, sorted.slice(after, after + 10), more]
  },
})
