import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AccessEvent } from '@gatewatch/schema'
import { parse } from 'csv-parse/sync'
import { expect, test } from 'vitest'
import type { Origin } from '../connector.ts'
import { rba } from './normalise.ts'

const origin: Origin = { connector: 'test', now: Date.UTC(2026, 0, 1), mode: 'replay' }
const rows: Record<string, string>[] = parse(
  readFileSync(join(import.meta.dirname, 'samples', 'logins.csv'), 'utf8'),
  { columns: true },
)

function event(record: unknown): AccessEvent {
  const outcome = rba.normalise(record, origin)
  if (outcome.kind !== 'ok') throw new Error(outcome.why)
  return AccessEvent.parse(outcome.value)
}

test('a row is read field by field, 64-bit ids to the last digit', () => {
  expect(rba.recognise(rows[0])).toBe(1)
  expect(rba.recognise({ index: '1' })).toBe(0)
  expect(event(rows[0])).toMatchObject({
    uid: '0',
    uid_kind: 'native',
    time: Date.UTC(2024, 4, 6, 7, 10, 0, 772),
    class_uid: 3002,
    status_id: 2,
    actor: { uid: '-4324475583306591935', type: 'user' },
    src: {
      ip: '10.0.65.171',
      ip_kind: 'private',
      location: { country: 'NO' },
      autonomous_system: { number: 64500 },
    },
    device: { type: 'mobile', os: 'iOS 17.4' },
  })
  expect(event(rows[1]).actor.uid).toBe('-4324475583306591936')
  expect(event(rows[1]).src.location).toEqual({
    country: 'AU',
    region: 'Victoria',
    city: 'Melbourne',
    provider: 'vendor',
  })
})

test('the labels never reach an event', () => {
  for (const row of rows.slice(0, 2)) {
    const flipped = { ...row, 'Is Attack IP': 'True', 'Is Account Takeover': 'True' }
    const { 'Is Attack IP': _, 'Is Account Takeover': __, ...without } = row
    expect(event(flipped)).toEqual(event(row))
    expect(event(without)).toEqual(event(row))
  }
})

test('a time that a spreadsheet has cut is refused with the reason', () => {
  expect(rba.normalise(rows[2], origin)).toMatchObject({
    kind: 'reject',
    why: expect.stringContaining('a spreadsheet has cut it'),
  })
})
