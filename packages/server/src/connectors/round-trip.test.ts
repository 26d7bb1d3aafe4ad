import type { AccessEvent } from '@gatewatch/schema'
import {
  createWorld,
  FAMILIES,
  type SimulatedEvent,
  type Writer,
  writeCanonical,
  writeCloudTrailLines,
  writeEntra,
  writeRba,
} from '@gatewatch/simulator'
import { parse } from 'csv-parse/sync'
import { describe, expect, test } from 'vitest'
import { entityOf } from '../pipeline/identity.ts'
import type { Origin } from './connector.ts'
import { readRecord } from './registry.ts'

const origin: Origin = { connector: 'simulator', now: Date.UTC(2026, 5, 1), mode: 'replay' }

function read(format: string, record: unknown): AccessEvent {
  const outcome = readRecord(format, record, origin)
  if (outcome.kind !== 'ok') throw new Error(outcome.why)
  return outcome.value
}

const text = (writer: Writer, events: readonly SimulatedEvent[]) =>
  [...writer(events)].map((piece) => piece.text).join('')

/** Pairs of what a world did and what the connector makes of the line that was written of it. */
function pairs(format: string, writer: Writer, events: readonly SimulatedEvent[]) {
  const byUid = new Map(events.map(({ event }) => [event.uid, event]))
  const lines = text(writer, events).trimEnd().split('\n')
  return lines.map((line) => {
    const back = read(format, JSON.parse(line))
    const event = byUid.get(back.uid)
    if (event === undefined) throw new Error(`nobody wrote ${back.uid}`)
    return { event, back }
  })
}

describe.each(FAMILIES)(
  'what is written of a world of %s is read back as what happened',
  (family) => {
    const events = [
      ...createWorld({
        ...{ family, seed: 12, people: 120, days: 5, attacks: 8 },
        start: Date.UTC(2026, 0, 5),
      }).events(),
    ]

    test('canonical lines, to the last field', () => {
      const all = pairs('canonical', writeCanonical, events)
      expect(all.length).toBe(events.length)
      for (const { event, back } of all)
        expect({ ...back, observed_time: event.observed_time }).toEqual(event)
    })

    test('CloudTrail: who, what, on what, from where, how much, and what it changed', () => {
      const calls = pairs('cloudtrail', writeCloudTrailLines, events)
      expect(calls.length).toBeGreaterThan(100)
      for (const { event, back } of calls) {
        // Changes of accounts and new sessions are known as such.
        expect([3001, 3002, 6003]).toContain(back.class_uid)
        expect(back.time).toBe(Math.floor(event.time / 1000) * 1000)
        // A key of its own says nothing of whether a person or a program holds it.
        if (event.actor.session !== undefined)
          expect(entityOf(back).class).toBe(entityOf(event).class)
        expect(back.actor.credential_uid).toBe(event.actor.credential_uid)
        expect(back.actor.session?.issuer).toBe(event.actor.session?.issuer)
        expect(back.src.ip).toBe(event.src.ip)
        expect(back.user_agent).toBe(event.user_agent)
        expect(back.api).toMatchObject({
          operation: event.api?.operation,
          read_only: event.api?.read_only,
        })
        expect([back.status_id, back.failure_class]).toEqual([event.status_id, event.failure_class])
        expect(back.resources?.some(({ uid }) => uid === event.resources?.[0]?.uid) ?? false).toBe(
          event.resources !== undefined,
        )
        expect(back.traffic).toEqual(event.traffic)
        if (event.status_id === 1) expect([...(back.change ?? [])]).toEqual(event.change ?? [])
      }
    })

    test('Entra: sign-ins with their place, device and outcome; changes with their target', () => {
      const all = pairs('entra', writeEntra, events)
      const signIns = all.filter(({ event }) => event.class_uid === 3002)
      expect(signIns.length).toBeGreaterThan(200)
      expect(all.length).toBeGreaterThan(signIns.length)
      for (const { event, back } of all) {
        expect(back.time).toBe(event.time)
        expect(entityOf(back).key).toBe(event.actor.key)
        expect(back.src.ip).toBe(event.src.ip)
        expect(back.user_agent).toBe(event.user_agent)
        expect(back.status_id).toBe(event.status_id)
        if (event.class_uid !== 3002) {
          expect(back.target?.email_addr ?? back.target?.name).toBe(
            event.target?.email_addr ?? event.target?.name,
          )
          continue
        }
        expect(back.failure_class).toBe(event.failure_class)
        expect(back.src.location?.country).toBe(event.src.location?.country)
        expect(back.src.autonomous_system?.number).toBe(event.src.autonomous_system?.number)
        expect(back.device?.uid).toBe(event.device?.uid)
        expect(back.device?.os).toBe(event.device?.os)
        expect(back.app?.name).toBe(event.app?.name)
        expect(back.auth?.attempt_uid).toBe(event.auth?.attempt_uid)
        expect(back.auth?.is_mfa).toBe(event.auth?.is_mfa)
      }
    })

    test('RBA: every sign-in with its address, client and outcome', () => {
      const rows: Record<string, string>[] = parse(text(writeRba, events), { columns: true })
      const signIns = events.filter(
        ({ event }) => event.class_uid === 3002 && /primary|session/.test(event.auth?.stage ?? ''),
      )
      expect(rows.length).toBe(signIns.length)
      for (const [index, row] of rows.entries()) {
        const back = read('rba', row)
        const event = signIns[index]?.event
        expect(back.time).toBe(event?.time)
        expect(back.src.ip).toBe(event?.src.ip)
        expect(back.src.location?.country).toBe(event?.src.location?.country)
        expect(back.user_agent).toBe(event?.user_agent)
        expect(back.status_id).toBe(event?.status_id)
      }
    })
  },
)
