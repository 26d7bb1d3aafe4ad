import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AccessEvent } from '@gatewatch/schema'
import { createWorld } from '@gatewatch/simulator'
import { describe, expect, test } from 'vitest'
import { ecs } from './ecs/normalise.ts'
import { toEcs } from './ecs/write.ts'
import { recordsIn } from './envelopes/records-in.ts'
import { ocsf } from './ocsf/normalise.ts'
import { toOcsf } from './ocsf/write.ts'
import { jsonSplitter } from './reading/split-json.ts'
import { recognise } from './registry.ts'

const origin = { connector: 'test', now: Date.UTC(2026, 5, 1), mode: 'replay' } as const

/** The events of every connector's samples, and of a simulated organisation. */
function events(): AccessEvent[] {
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).filter(
    (path) => /samples.*\.(nd)?json$/.test(path),
  )
  const records = files.flatMap((path) => {
    const splitter = jsonSplitter()
    return [
      ...splitter.push(readFileSync(join(import.meta.dirname, path))),
      ...splitter.end(),
    ].flatMap((piece) => (piece.reason === undefined ? recordsIn(piece.value) : []))
  })
  const read = records.flatMap((record) => {
    const outcome = recognise(record)?.normalise(record, origin)
    return outcome?.kind === 'ok' ? [outcome.value] : []
  })
  const world = createWorld({ seed: 5, people: 30, days: 3, start: Date.UTC(2026, 0, 5) })
  return [...read, ...[...world.events()].slice(0, 400).map(({ event }) => event)]
}

const all = events()

function back(connector: typeof ocsf, record: unknown): AccessEvent {
  // As it would come over a wire.
  const outcome = connector.normalise(JSON.parse(JSON.stringify(record)), origin)
  if (outcome.kind !== 'ok') throw new Error(outcome.why)
  return AccessEvent.parse(outcome.value)
}

/** What is nobody's account stays with nobody. */
const isNamed = ({ actor }: AccessEvent) =>
  (actor.uid ?? actor.name ?? actor.email_addr) !== undefined

const who = ({
  uid,
  name,
  email_addr,
  domain,
}: AccessEvent['actor'] | NonNullable<AccessEvent['target']>) => ({
  uid,
  email_addr,
  domain,
  name: name ?? email_addr,
})
const place = (event: AccessEvent) => {
  const { country, region, city, lat, long } = event.src.location ?? {}
  return { country, region, city, lat, long }
}

test('there are events of every class to write', () => {
  expect(new Set(all.map((event) => event.class_uid)).size).toBeGreaterThanOrEqual(6)
  expect(all.length).toBeGreaterThan(450)
})

describe('what is written as OCSF', () => {
  test('is read back as what happened', () => {
    for (const event of all) {
      const record = toOcsf(event)
      expect(recognise(record)?.format).toBe('ocsf')
      const again = back(ocsf, record)
      expect([again.uid, again.time, again.class_uid, again.activity_id, again.status_id]).toEqual([
        event.uid,
        event.time,
        event.class_uid,
        event.activity_id,
        event.status_id,
      ])
      expect([
        who(again.actor),
        again.actor.type,
        isNamed(event) ? again.actor.account_uid : undefined,
        again.actor.credential_uid,
      ]).toEqual([
        who(event.actor),
        event.actor.type,
        isNamed(event) ? event.actor.account_uid : undefined,
        event.actor.credential_uid,
      ])
      expect([again.src.ip, again.src.port, place(again), again.src.autonomous_system]).toEqual([
        event.src.ip,
        event.src.port,
        place(event),
        event.src.autonomous_system,
      ])
      expect([again.user_agent, again.app, again.resources, again.traffic]).toEqual([
        event.user_agent,
        event.app,
        event.resources,
        event.traffic,
      ])
      if (event.class_uid === 3002)
        expect([again.auth?.attempt_uid, again.auth?.is_mfa]).toEqual([
          event.auth?.attempt_uid,
          event.auth?.is_mfa ?? event.actor.session?.is_mfa ?? null,
        ])
      else expect(again.api?.operation).toBe(event.api?.operation)
      if (event.class_uid === 3001 && event.target !== undefined)
        expect(who(again.target ?? { type: 'unknown' })).toEqual(who(event.target))
    }
  })

  test('has what the schema demands of every event', () => {
    for (const event of all) {
      const record = toOcsf(event)
      expect(record).toMatchObject({
        class_uid: event.class_uid,
        category_uid: Math.floor(event.class_uid / 1000),
        type_uid: event.class_uid * 100 + event.activity_id,
        severity_id: expect.any(Number),
        time: expect.any(Number),
        metadata: {
          version: '1.3.0',
          product: { name: expect.any(String), vendor_name: expect.any(String) },
        },
      })
      if (event.class_uid === 3002) expect(record.user).toBeDefined()
      if (event.class_uid === 6003)
        expect(record).toMatchObject({
          actor: {},
          api: { operation: expect.any(String) },
          src_endpoint: {},
        })
    }
  })
})

test('what is written as ECS is read back as who did what from where, and how it ended', () => {
  for (const event of all) {
    const again = back(ecs, toEcs(event))
    expect([again.uid, again.time, again.activity]).toEqual([event.uid, event.time, event.activity])
    // ECS does not say who is no person: an address-like name of a service reads as one.
    expect({ ...who(again.actor), email_addr: event.actor.email_addr }).toEqual(who(event.actor))
    expect([again.src.ip, again.src.port, place(again), again.src.autonomous_system]).toEqual([
      event.src.ip,
      event.src.port,
      place(event),
      event.src.autonomous_system,
    ])
    expect(again.user_agent).toBe(event.user_agent)
    expect(again.status_id).toBe(event.status_id === 99 ? 0 : event.status_id)
    if ([3001, 3002, 3005, 6003].includes(event.class_uid))
      expect(again.class_uid).toBe(event.class_uid)
    if (event.class_uid === 3002)
      expect(again.auth?.attempt_uid ?? again.actor.session?.uid).toBe(
        event.auth?.attempt_uid ?? event.actor.session?.uid,
      )
  }
})
