import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AccessEvent, PredictRequest } from '@gatewatch/schema'
import { parse } from 'csv-parse/sync'
import { describe, expect, test } from 'vitest'
import type { Origin } from '../connector.ts'
import { eventFromPredict } from './event-from-predict.ts'
import { predict } from './normalise.ts'

/** A Wednesday, 12:00 UTC. */
const now = Date.UTC(2024, 4, 8, 12)
const origin: Origin = { connector: 'test', now, mode: 'replay' }
const rows: Record<string, string>[] = parse(
  readFileSync(join(import.meta.dirname, 'samples', 'sign-ins.csv'), 'utf8'),
  { columns: true },
)

function event(body: unknown): AccessEvent {
  const outcome = eventFromPredict(PredictRequest.parse(body), now)
  if (outcome.kind !== 'ok') throw new Error(outcome.why)
  return AccessEvent.parse(outcome.value)
}

describe('a row with the columns of POST /predict', () => {
  test('is recognised in any spelling of the columns, and read', () => {
    expect(predict.recognise(rows[0])).toBeGreaterThan(0.9)
    expect(predict.recognise({ UserId: 'ada', Timestamp: 'x', 'IP Address': 'y' })).toBeGreaterThan(
      0.9,
    )
    expect(predict.recognise({ user: 'ada' })).toBe(0)
    expect(predict.normalise(rows[0], origin)).toMatchObject({
      kind: 'ok',
      value: {
        time: Date.UTC(2024, 4, 6, 7, 10),
        actor: { name: 'ada', type: 'user' },
        src: { ip: '203.0.113.20', location: { country: 'NO', city: 'Oslo', provider: 'vendor' } },
        device: { uid: 'laptop-1' },
        traffic: { bytes_in: 1200, bytes_out: 5400 },
        status_id: 1,
        auth: { new_device: false, stage: 'primary' },
      },
    })
    expect(predict.normalise(rows[1], origin)).toMatchObject({
      kind: 'ok',
      value: { status_id: 2, src: { location: { country: 'RO' } }, auth: { new_device: true } },
    })
  })

  test('names the column that cannot be read', () => {
    expect(predict.normalise({ ...rows[0], bytes_in: 'lots' }, origin)).toMatchObject({
      kind: 'reject',
      why: expect.stringContaining('bytes_in'),
    })
    expect(predict.normalise({ ...rows[0], timestamp: '' }, origin)).toMatchObject({
      kind: 'reject',
      why: expect.stringContaining('timestamp: needed'),
    })
  })
})

describe('a body of POST /predict', () => {
  test('without a timestamp means the most recent past moment with that hour and day, UTC', () => {
    expect(new Date(event({ user_encoded: 5, hour: 2, day_of_week: 6 }).time).toISOString()).toBe(
      '2024-05-05T02:30:00.000Z',
    )
    expect(new Date(event({ user_encoded: 5, hour: 2, day_of_week: 2 }).time).toISOString()).toBe(
      '2024-05-08T02:30:00.000Z',
    )
    expect(new Date(event({ user_encoded: 5, hour: 20, day_of_week: 2 }).time).toISOString()).toBe(
      '2024-05-01T20:30:00.000Z',
    )
    expect(new Date(event({ user_id: 'ada', login_hour: 13 }).time).toISOString()).toBe(
      '2024-05-07T13:30:00.000Z',
    )
    expect(event({ user_id: 'ada' }).time).toBe(now)
  })

  test('keeps encoded people and addresses opaque', () => {
    expect(event({ user_encoded: 5, ip_encoded: 17, hour: 2, day_of_week: 6 })).toMatchObject({
      actor: { name: 'user_encoded:5' },
      src: { ip_raw: 'ip_encoded:17', ip_kind: 'invalid' },
    })
  })

  test.each([
    ['Oslo, Norway', { country: 'NO', city: 'Oslo' }],
    ['Portland, Oregon, United States', { country: 'US', region: 'Oregon', city: 'Portland' }],
    ['59.9,10.7', { lat: 59.9, long: 10.7 }],
    ['DE', { country: 'DE' }],
    ['Atlantis', { city: 'Atlantis' }],
  ])('reads the place %j', (geo_location, place) => {
    expect(event({ user_id: 'a', geo_location }).src.location).toEqual({
      ...place,
      provider: 'vendor',
    })
  })

  test('that names nobody is refused', () => {
    expect(eventFromPredict(PredictRequest.parse({ hour: 1 }), now)).toMatchObject({
      kind: 'reject',
      why: expect.stringContaining('user_id'),
    })
  })
})
