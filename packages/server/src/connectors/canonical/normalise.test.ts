import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AccessEvent, EventInput } from '@gatewatch/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Origin } from '../connector.ts'
import { eventFromInput } from './event-from-input.ts'
import { canonical } from './normalise.ts'

const now = Date.UTC(2026, 0, 1)
const origin: Origin = { connector: 'test', now, mode: 'replay' }
const lines = readFileSync(join(import.meta.dirname, 'samples', 'events.ndjson'), 'utf8')
  .trim()
  .split('\n')
const [least, whole]: Record<string, unknown>[] = lines.map((line) => JSON.parse(line))

function event(record: unknown): AccessEvent {
  const outcome = canonical.normalise(record, origin)
  if (outcome.kind !== 'ok') throw new Error(outcome.why)
  return AccessEvent.parse(outcome.value)
}

test('the least that makes sense becomes a whole event', () => {
  expect(event(least)).toMatchObject({
    v: 1,
    uid_kind: 'derived',
    time: Date.UTC(2024, 4, 6, 7, 10),
    observed_time: now,
    class_uid: 3002,
    activity: 'sign_in',
    status_id: 1,
    actor: { name: 'ada@example.com', email_addr: 'ada@example.com', type: 'user' },
    src: { ip: '203.0.113.20', ip_kind: 'public' },
    auth: { stage: 'primary', is_mfa: null },
  })
})

test('a whole event stays as it is, but for an e-mail address in its name', () => {
  expect(event(whole)).toEqual({
    ...whole,
    actor: { name: 'ada@example.com', type: 'user', email_addr: 'ada@example.com' },
  })
})

test('what the caller says of an address kind does not make a private address public', () => {
  const { src } = event({ ...least, src: { ip: '::ffff:10.0.0.1', ip_kind: 'public' } })
  expect(src).toEqual({ ip: '10.0.0.1', ip_raw: '::ffff:10.0.0.1', ip_kind: 'private' })
})

test('the time defaults to now where it is asked inline, and is needed in a file', () => {
  const input = EventInput.parse({ actor: { name: 'ada' } })
  expect(eventFromInput(input, origin, now)).toMatchObject({ kind: 'ok', value: { time: now } })
  expect(canonical.normalise({ actor: { name: 'ada' } }, origin)).toMatchObject({
    kind: 'reject',
    why: expect.stringContaining('time: needed'),
  })
})

test.each([
  [{ actor: {}, time: 1 }, 'actor: name somebody'],
  [{ actor: { name: 'a' }, time: 'soon' }, 'time "soon" cannot be read'],
  [{ actor: { name: 'a' }, time: '9999-01-01' }, 'lies in the future'],
  [{ actor: { name: 'a' }, time: 1, src: { port: -1 } }, 'src.port'],
  [{ time: 1 }, 'actor: '],
])('%j is refused, naming the field', (record, why) => {
  expect(canonical.normalise(record, origin)).toMatchObject({
    kind: 'reject',
    why: expect.stringContaining(why),
  })
})

test('control characters, NUL, halves of pairs and direction marks do not get in', () => {
  const { actor, user_agent } = event({
    ...least,
    actor: { name: 'a\u0000d\u202ea\ud800\u001b[31m' },
    user_agent: 'x\u0007y',
  })
  expect(actor.name).toBe('ada[31m')
  expect(user_agent).toBe('xy')
})

test('the same event twice is the same event, whatever the order of its fields; another is another', () => {
  const input = fc.record({
    time: fc.integer({ min: 0, max: now }),
    actor: fc.record({ name: fc.string({ minLength: 1, maxLength: 50 }) }),
    activity: fc.string({ minLength: 1, maxLength: 50 }),
  })
  fc.assert(
    fc.property(input, (record) => {
      const outcome = canonical.normalise(record, origin)
      const turned = Object.fromEntries(Object.entries(record).reverse())
      expect(canonical.normalise(turned, origin)).toEqual(outcome)
      if (outcome.kind !== 'ok') return
      expect(AccessEvent.parse(outcome.value)).toEqual(outcome.value)
      expect(event({ ...record, time: record.time + 1 }).uid).not.toBe(outcome.value.uid)
    }),
  )
})
