import { describe, expect, test } from 'vitest'
import { oktaStreams } from '../okta/source.ts'
import { fieldsOf } from '../values/fields.ts'
import { follow } from './follow.ts'
import { at, begin, type Handler, minute, only, recorder, start, vendor } from './test-vendor.ts'

describe('Okta', () => {
  const log = [1, 2, 3, 4, 5].map((n) => ({ uuid: `u${n}`, published: at(n) }))
  /** Pages of two; `after` is the number of records already given. */
  const pages =
    (records: readonly unknown[]): Handler =>
    (url, request) => {
      if (request.headers.authorization !== 'SSWS secret')
        return [401, { errorCode: 'E0000011', errorSummary: 'Invalid token provided' }]
      const after = Number(url.searchParams.get('after') ?? 0)
      const page = records.slice(after, after + 2)
      const next = `${url.origin}/api/v1/logs?after=${after + page.length}&limit=2`
      return [200, page, { link: `<${url.href}>; rel="self", <${next}>; rel="next"` }]
    }

  test('is read to its end, and goes on from the same link when there is more', async () => {
    const records: unknown[] = [...log]
    const { url, asked } = await vendor((...args) => pages(records)(...args))
    const stream = only(oktaStreams({ url, token: 'secret' }))
    const { kept, parts } = recorder()
    const end = await follow(stream, begin, parts)
    expect(kept.records).toEqual(log)
    expect(asked[0]).toBe(
      `/api/v1/logs?since=${encodeURIComponent(at(0))}&sortOrder=ASCENDING&limit=1000`,
    )
    expect(end.newest).toBe(start + 5 * minute)
    records.push({ uuid: 'late', published: at(2) })
    await follow(stream, end, parts)
    expect(kept.records.at(-1)).toEqual({ uuid: 'late', published: at(2) })
    expect(kept.records).toHaveLength(6)
  })

  test('a crash after a page was taken repeats that page at most, and loses none', async () => {
    const { url } = await vendor(pages(log))
    const stream = only(oktaStreams({ url, token: 'secret' }))
    const { kept, parts } = recorder()
    const save = () => Promise.reject(new Error('crash'))
    await expect(follow(stream, begin, { ...parts, save })).rejects.toThrow('crash')
    await follow(stream, kept.positions.at(-1) ?? begin, parts)
    expect(new Set(kept.records.map((one) => fieldsOf(one).uuid)).size).toBe(5)
    expect(kept.records).toHaveLength(7)
  })

  test('waits until the limit is reset, and longer each time where nothing says how long', async () => {
    let count = 0
    const now = start + 60 * minute
    const { url } = await vendor((...args) => {
      count++
      if (count === 1)
        return [
          429,
          { errorSummary: 'API call exceeded rate limit' },
          { 'x-rate-limit-reset': String(now / 1000 + 30) },
        ]
      if (count === 2) return [429, {}, { 'retry-after': '7' }]
      if (count <= 4) return [503, {}]
      return pages(log)(...args)
    })
    const { kept, parts } = recorder(now)
    await follow(only(oktaStreams({ url, token: 'secret' })), begin, parts)
    expect(kept.waits).toEqual([30_000, 7_000, 4_000, 8_000])
    expect(kept.records).toEqual(log)
  })

  test('begins again at the last event less the overlap where the link is too old', async () => {
    let isOld = true
    const { url, asked } = await vendor((...args) => {
      const [address] = args
      if (isOld && address.searchParams.has('after')) {
        isOld = false
        return [400, { errorCode: 'E0000031', errorSummary: 'Invalid after cursor' }]
      }
      return pages(log)(...args)
    })
    const { kept, parts } = recorder()
    await follow(
      only(oktaStreams({ url, token: 'secret' })),
      { from: start, next: `${url}/api/v1/logs?after=4`, newest: start + 4 * minute },
      parts,
    )
    expect(asked[1]).toContain(encodeURIComponent(at(-6)))
    expect(kept.records).toEqual(log)
    expect(kept.said[0]).toContain('Invalid after cursor')
  })

  test('says so where the token is refused, and never names it', async () => {
    const { url, asked } = await vendor(pages(log))
    const { parts } = recorder()
    const error = await follow(only(oktaStreams({ url, token: 'wrong' })), begin, parts).catch(
      (one: Error) => one,
    )
    expect(String(error)).toContain('Invalid token provided')
    expect(String(error)).not.toContain('wrong')
    expect(asked).toHaveLength(2)
  })

  test('sends its token to no other address, whatever a link says', async () => {
    const other = await vendor(() => [200, []])
    const { url } = await vendor(() => [
      200,
      log,
      { link: `<${other.url}/api/v1/logs>; rel="next"` },
    ])
    const { parts } = recorder()
    await expect(follow(only(oktaStreams({ url, token: 'secret' })), begin, parts)).rejects.toThrow(
      'another address',
    )
    expect(other.asked).toEqual([])
  })

  test('keeps no place at another address, and goes on where the next page has a relative one', async () => {
    let next = 'https://elsewhere.example/api/v1/logs'
    const { url, asked } = await vendor((address) => [
      200,
      address.searchParams.has('after') ? [] : log,
      address.searchParams.has('after') ? {} : { link: `<${next}>; rel="next"` },
    ])
    const stream = only(oktaStreams({ url, token: 'secret' }))
    const { kept, parts } = recorder()
    await expect(follow(stream, begin, parts)).rejects.toThrow('another address')
    expect(kept.positions).toEqual([])
    next = 'http://['
    await expect(follow(stream, begin, parts)).rejects.toThrow('the next page is none')
    next = '/api/v1/logs?after=5'
    await follow(stream, begin, parts)
    expect(asked.at(-1)).toBe('/api/v1/logs?after=5')
  })

  test('a place kept for an address that is not asked any more is found again by time', async () => {
    const { url, asked } = await vendor(pages(log))
    const { kept, parts } = recorder()
    const former = 'https://former.example/api/v1/logs?after=2'
    await follow(
      only(oktaStreams({ url, token: 'secret' })),
      { from: start, next: former, newest: start + 2 * minute },
      parts,
    )
    expect(asked[0]).toContain(encodeURIComponent(at(-8)))
    expect(kept.records).toEqual(log)
  })

  test('an event that says it is of tomorrow does not put off what is asked for next', async () => {
    const ahead = [...log, { uuid: 'ahead', published: at(2_000) }]
    const { url } = await vendor(pages(ahead))
    const { parts } = recorder()
    const end = await follow(only(oktaStreams({ url, token: 'secret' })), begin, parts)
    expect(end.newest).toBe(start + 60 * minute)
  })

  test('starts again once: a log whose second page is always gone is told, not asked for ever', async () => {
    const { url, asked } = await vendor((...args) =>
      args[0].searchParams.has('after') ? [410, {}] : pages(log)(...args),
    )
    const { parts } = recorder()
    const stream = only(oktaStreams({ url, token: 'secret' }))
    await expect(follow(stream, begin, parts)).rejects.toThrow('410')
    expect(asked).toHaveLength(4)
  })

  test('a credential that no header can carry is refused without being quoted', async () => {
    const { url } = await vendor(pages(log))
    const stream = only(oktaStreams({ url, token: 'hush\nhush' }))
    const error = await follow(stream, begin, recorder().parts).catch((one: Error) => one)
    expect(String(error)).toContain('what HTTP cannot carry')
    expect(String(error)).not.toContain('hush')
  })

  test('an answer beyond 64 MB is not read to its end', async () => {
    const { url } = await vendor(() => [200, 'x'.repeat(65 * 1024 * 1024)])
    const stream = only(oktaStreams({ url, token: 'secret' }))
    await expect(follow(stream, begin, recorder().parts)).rejects.toThrow('larger than 64 MB')
  })

  test('gives up after eight tries, until the next time', async () => {
    const { url, asked } = await vendor(() => [500, {}])
    const { parts } = recorder()
    await expect(follow(only(oktaStreams({ url, token: 'secret' })), begin, parts)).rejects.toThrow(
      '500',
    )
    expect(asked).toHaveLength(8)
  })
})
