import { createHash } from 'node:crypto'
import type { AccessEvent } from '@gatewatch/schema'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stableJson } from '../stable-json.ts'
import { contentHash, eventKey } from './keys.ts'

const source = { vendor: 'okta', product: 'system_log', format: 'okta', connector: 'file' }
const event: AccessEvent = {
  v: 1,
  uid: 'e1',
  uid_kind: 'native',
  revision: 0,
  time: 1,
  observed_time: 2,
  source,
  class_uid: 3002,
  activity_id: 1,
  activity: 'user.session.start',
  status_id: 1,
  actor: { name: 'ada', type: 'user' },
  src: { ip_kind: 'missing' },
}

describe('an event key', () => {
  test('is the first half of a SHA-256 over the log and the uid', () => {
    const text = 'okta|system_log|00o1|\0e1'
    const expected = createHash('sha256').update(text).digest('hex').slice(0, 32)
    expect(eventKey({ ...source, tenant_uid: '00o1' }, 'e1')).toBe(expected)
  })

  test('is the same whatever route the record took', () => {
    expect(eventKey({ ...source, connector: 's3', format: 'x' }, 'e1')).toBe(eventKey(source, 'e1'))
  })

  test('differs between logs even where their parts contain the separator', () => {
    const a = eventKey({ ...source, vendor: 'a|b', product: 'c' }, 'e1')
    expect(a).not.toBe(eventKey({ ...source, vendor: 'a', product: 'b|c' }, 'e1'))
  })
})

describe('a content hash', () => {
  test('does not change with the time of observation, the route, or the order of fields', () => {
    const again = { ...Object.fromEntries(Object.entries(event).reverse()), observed_time: 9 }
    expect(contentHash({ ...event, ...again, source: { ...source, connector: 'api' } })).toBe(
      contentHash(event),
    )
  })

  test('changes with what is said', () => {
    expect(contentHash({ ...event, status_id: 2 })).not.toBe(contentHash(event))
  })
})

describe('stable JSON', () => {
  test('reads back as what it was made of', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain: unknown = JSON.parse(JSON.stringify(value))
        expect(JSON.parse(stableJson(plain))).toEqual(plain)
      }),
    )
  })
})
