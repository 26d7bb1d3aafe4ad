import { describe, expect, test } from 'vitest'
import { follow } from '../polling/follow.ts'
import { SECRET, sourceContract } from '../polling/source.contract.ts'
import { at, begin, minute, only, recorder, start, vendor } from '../polling/test-vendor.ts'
import { fieldsOf } from '../values/fields.ts'
import { entraStreams } from './source.ts'

describe('Entra through Graph', () => {
  const signIns = [1, 2, 3].map((n) => ({ id: `s${n}`, createdDateTime: at(n) }))

  async function graph(records: readonly { id: string; createdDateTime: string }[]) {
    let tokens = 0
    let refused = 0
    const server = await vendor((url, request, body) => {
      if (url.pathname === '/tenant-1/oauth2/v2.0/token') {
        if (new URLSearchParams(body).get('client_secret') !== 'hush')
          return [401, { error: 'invalid_client' }]
        return [200, { access_token: `token-${++tokens}`, expires_in: 3600 }]
      }
      // The first token is withdrawn after one page.
      if (request.headers.authorization === 'Bearer token-1' && ++refused > 1)
        return [
          401,
          { error: { code: 'InvalidAuthenticationToken', message: 'Lifetime validation failed' } },
        ]
      if (url.pathname.endsWith('directoryAudits')) return [200, { value: [] }]
      const from = /ge (\S+)$/.exec(url.searchParams.get('$filter') ?? '')?.[1] ?? ''
      const skip = Number(url.searchParams.get('$skiptoken') ?? 0)
      const found = records.filter((one) => Date.parse(one.createdDateTime) >= Date.parse(from))
      const next = new URL(url)
      next.searchParams.set('$skiptoken', String(skip + 2))
      const more = skip + 2 < found.length ? { '@odata.nextLink': next.href } : {}
      return [200, { '@odata.context': 'x', value: found.slice(skip, skip + 2), ...more }]
    })
    const access = {
      tenant: 'tenant-1',
      client_id: 'c',
      client_secret: 'hush',
      graph_url: server.url,
      login_url: server.url,
    }
    return { server, access }
  }

  test('pages are followed, a withdrawn token is renewed, and the last hour is asked for once more', async () => {
    const records = [...signIns]
    const { server, access } = await graph(records)
    const stream = only(entraStreams(access, () => start))
    const { kept, parts } = recorder()
    const first = await follow(
      stream,
      { from: start - 90 * minute, newest: start - 90 * minute },
      parts,
    )
    expect(kept.records).toEqual(signIns)
    expect(server.asked.filter((path) => path.endsWith('/token'))).toHaveLength(2)
    expect(first).toEqual({ from: start + 3 * minute - 60 * minute, newest: start + 3 * minute })
    records.push({ id: 'late', createdDateTime: at(-20) })
    await follow(stream, first, parts)
    expect(kept.records.map((one) => fieldsOf(one).id)).toContain('late')
  })

  test('a wrong secret is told without it', async () => {
    const { access } = await graph(signIns)
    const { parts } = recorder()
    const error = await follow(
      only(entraStreams({ ...access, client_secret: 'wrong-one' }, () => start)),
      begin,
      parts,
    ).catch((one: Error) => one)
    expect(String(error)).toContain('invalid_client')
    expect(String(error)).not.toContain('wrong-one')
  })

  test('sign-ins and audit records are two logs', async () => {
    const { access } = await graph(signIns)
    expect(entraStreams(access, () => start).map(({ name }) => name)).toEqual([
      'signIns',
      'directoryAudits',
    ])
  })
})

sourceContract('the sign-in log of Entra ID through Graph', {
  idOf: (record) => fieldsOf(record).id,
  record: (minutes, id) => ({ id, createdDateTime: at(minutes) }),
  count: 25,
  open: (url, client_secret) => {
    const access = { tenant: 't', client_id: 'c', client_secret, graph_url: url, login_url: url }
    return only(entraStreams(access, () => start))
  },
  isPage: (url) => url.pathname.endsWith('/signIns'),
  isLaterPage: (url) => url.searchParams.has('$skiptoken'),
  answers: (log) => (url, request, body) => {
    if (url.pathname.endsWith('/token'))
      return new URLSearchParams(body).get('client_secret') === SECRET
        ? [200, { access_token: 'token', expires_in: 3600 }]
        : [401, { error: 'invalid_client' }]
    if (request.headers.authorization !== 'Bearer token') return [401, {}]
    const from = /ge (\S+)$/.exec(url.searchParams.get('$filter') ?? '')?.[1] ?? ''
    const timeOf = (one: unknown) => String(fieldsOf(one).createdDateTime)
    const found = log.filter((one) => timeOf(one) >= from)
    const sorted = found.toSorted((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1))
    const skip = Number(url.searchParams.get('$skiptoken') ?? 0)
    const next = new URL(url)
    next.searchParams.set('$skiptoken', String(skip + 10))
    const more = skip + 10 < sorted.length ? { '@odata.nextLink': next.href } : {}
    return [200, { '@odata.context': 'x', value: sorted.slice(skip, skip + 10), ...more }]
  },
})
