import { EventInput } from '@gatewatch/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lastSunday, prefilled, usualSignIn, variations } from './prefill.ts'
import { emptyTryForm, eventFromJson, eventOf, type TryForm, tryFormErrors } from './try-event.ts'

const filled: TryForm = {
  who: ' ada@example.com ',
  ip: '203.0.113.9',
  country: 'ng',
  city: 'Lagos',
  lat: '6.5',
  long: '3.4',
  device: 'd1',
  userAgent: 'curl/8.5',
  time: '2026-06-12T14:03',
  outcome: 'failure',
}

test('every field of the form reaches the event', () => {
  expect(eventOf(filled)).toEqual({
    actor: { email_addr: 'ada@example.com' },
    class_uid: 3002,
    activity_id: 1,
    status_id: 2,
    time: Date.parse('2026-06-12T14:03'),
    src: {
      ip: '203.0.113.9',
      location: { provider: 'vendor', country: 'NG', city: 'Lagos', lat: 6.5, long: 3.4 },
    },
    device: { uid: 'd1' },
    user_agent: 'curl/8.5',
  })
})

test('empty fields are left out, not sent as empty', () => {
  expect(eventOf({ ...emptyTryForm, who: 'ada' })).toEqual({
    actor: { name: 'ada' },
    class_uid: 3002,
    activity_id: 1,
    status_id: 1,
  })
})

test('a key of an identity is sent as its key', () => {
  expect(eventOf({ ...emptyTryForm, who: 'role:111122223333/deploy' }).actor).toEqual({
    key: 'role:111122223333/deploy',
    name: 'deploy',
  })
})

test('whatever a form without errors holds is an event that the API takes', () => {
  const typed = fc.string({ maxLength: 60 })
  const number = fc.oneof(
    fc.constant(''),
    fc.double({ min: -200, max: 200, noNaN: true }).map(String),
    typed,
  )
  const form = fc.record({
    who: typed,
    ip: fc.ipV4(),
    country: fc.oneof(fc.constantFrom('', 'se', 'NG'), typed),
    city: typed,
    lat: number,
    long: number,
    device: typed,
    userAgent: typed,
    time: fc.constantFrom('', '2026-06-12T14:03'),
    outcome: fc.constantFrom('success' as const, 'failure' as const),
  })
  fc.assert(
    fc.property(form, (some) => {
      fc.pre(Object.keys(tryFormErrors(some)).length === 0)
      expect(EventInput.safeParse(eventOf(some)).error).toBeUndefined()
    }),
  )
})

test('each mistake is told at its field', () => {
  const wrong = { ...emptyTryForm, country: 'Nigeria', lat: '91', long: 'x', time: 'soon' }
  expect(Object.keys(tryFormErrors(wrong)).sort()).toEqual([
    'country',
    'lat',
    'long',
    'time',
    'who',
  ])
  expect(tryFormErrors({ ...filled, long: '' })).toHaveProperty('long')
  expect(tryFormErrors(filled)).toEqual({})
})

test('typed JSON is checked before it is sent, naming the field', () => {
  expect(eventFromJson('{"actor":{"name":"ada"}}')).toEqual({ event: { actor: { name: 'ada' } } })
  expect(eventFromJson('{"actor":{}, "src":{"port":-1}}')).toMatchObject({
    error: expect.stringContaining('src.port'),
  })
  expect(eventFromJson('{')).toHaveProperty('error')
})

test('a form starts from the latest successful sign-in', () => {
  const event = (
    kind: 'authentication' | 'api_activity',
    outcome: 'success' | 'failure',
    uid: string,
  ) => ({
    uid,
    time: 0,
    entity: 'user:ada',
    entity_name: 'Ada',
    kind,
    activity: '',
    outcome,
    source: 'okta',
    class: 'human' as const,
    network: 'unknown' as const,
    score: 0,
    risk: 0,
    decision: 'allow' as const,
    reasons: [],
  })
  const call = event('api_activity', 'success', 'call')
  const failed = event('authentication', 'failure', 'failed')
  const succeeded = event('authentication', 'success', 'succeeded')
  expect(usualSignIn([call, failed, succeeded])?.uid).toBe('succeeded')
  expect(usualSignIn([call, failed])?.uid).toBe('failed')
  expect(usualSignIn([call])?.uid).toBe('call')
  expect(usualSignIn([])).toBeUndefined()
})

test('an identity without a stored event still gets its name into the form', () => {
  expect(prefilled('user:ada', undefined)).toEqual({ ...emptyTryForm, who: 'user:ada' })
})

test('a variation changes one thing and leaves the rest', () => {
  expect(variations.place(filled)).toMatchObject({ city: 'Lagos', who: filled.who, device: 'd1' })
  expect(variations.device(filled)).toMatchObject({ city: 'Lagos', ip: filled.ip })
  expect(tryFormErrors(variations.night(filled))).toEqual({})
})

test('the last Sunday lies one to seven days back', () => {
  expect(lastSunday(new Date(2026, 5, 12, 10).getTime())).toBe('2026-06-07')
  expect(lastSunday(new Date(2026, 5, 14, 10).getTime())).toBe('2026-06-07')
})
