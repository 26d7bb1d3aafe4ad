import { describe, expect, test } from 'vitest'
import type { SimulatedEvent } from '../truth.ts'
import { createWorld, FAMILIES } from '../world.ts'
import { writeCanonical } from './canonical.ts'
import { writeCloudTrail, writeCloudTrailLines } from './cloudtrail.ts'
import { writeEntra } from './entra.ts'
import { type Piece, truthLine } from './piece.ts'
import { writeRba } from './rba.ts'

const join = (pieces: Iterable<Piece>) => [...pieces].map(({ text }) => text).join('')
const lines = (pieces: Iterable<Piece>) => join(pieces).trimEnd().split('\n')

describe.each(FAMILIES)('writers, of a world of %s', (family) => {
  const events: readonly SimulatedEvent[] = [
    ...createWorld({
      family,
      seed: 9,
      people: 80,
      days: 4,
      start: Date.UTC(2026, 0, 5),
      attacks: 8,
    }).events(),
  ]
  const calls = events.filter(({ event }) => event.source.product === 'cloudtrail')

  test('canonical lines read back as the events they came from', () => {
    expect(lines(writeCanonical(events)).map((line) => JSON.parse(line))).toEqual(
      events.map(({ event }) => event),
    )
  })

  test('CloudTrail files hold every call, in one object or one a line, to the second', () => {
    const { Records } = JSON.parse(join(writeCloudTrail(events)))
    expect(Records).toEqual(lines(writeCloudTrailLines(events)).map((line) => JSON.parse(line)))
    expect(Records).toHaveLength(calls.length)
    for (const [index, record] of Records.entries()) {
      const event = calls[index]?.event
      expect(record.eventID).toBe(event?.uid)
      expect(Date.parse(record.eventTime)).toBe(Math.floor((event?.time ?? 0) / 1000) * 1000)
      expect(record.sourceIPAddress).toBe(event?.src.ip)
      expect(record.errorCode !== undefined).toBe(event?.status_id === 2)
      expect(record.userIdentity.accessKeyId).toMatch(/^A(KIA|SIA)[A-Z2-7]{16}$/)
    }
    expect(JSON.parse(join(writeCloudTrail([])))).toEqual({ Records: [] })
  })

  test('Entra lines hold every sign-in with its outcome', () => {
    const signIns = events.filter(({ event }) => event.class_uid === 3002)
    const all = lines(writeEntra(events)).map((line) => JSON.parse(line))
    const records = all.filter((record) => 'createdDateTime' in record)
    const changes = all.filter((record) => 'activityDateTime' in record)
    expect(records.length + changes.length).toBe(all.length)
    expect(changes.length).toBeGreaterThan(2)
    expect(records).toHaveLength(signIns.length)
    for (const [index, record] of records.entries()) {
      const event = signIns[index]?.event
      expect(record.id).toBe(event?.uid)
      expect(record.status.errorCode === 0).toBe(event?.status_id === 1)
      expect(Date.parse(record.createdDateTime)).toBe(event?.time)
      expect(record.location.countryOrRegion).toBe(event?.src.location?.country)
    }
  })

  test('RBA rows have sixteen columns, whole user numbers and labels in the last two only', () => {
    const [header, ...rows] = lines(writeRba(events))
    expect(header?.split(',')).toHaveLength(16)
    for (const [index, row] of rows.entries()) {
      const fields = row.match(/("([^"]|"")*"|[^,]*)(,|$)/g)?.slice(0, 16) ?? []
      expect(fields).toHaveLength(16)
      expect(row.startsWith(`${index},2026-`)).toBe(true)
      expect(BigInt(fields[2]?.replace(',', '') ?? '')).toBe(
        BigInt.asIntN(64, BigInt(fields[2]?.replace(',', '') ?? '')),
      )
      expect(fields.slice(13).join('')).toMatch(/^(True|False),(True|False),(True|False)$/)
    }
    expect(rows.some((row) => row.endsWith('True,True,True'))).toBe(true)
  })

  test('truth goes beside the records, keyed as a reader will find them', () => {
    for (const writer of [writeCanonical, writeCloudTrailLines, writeEntra]) {
      for (const { text, row } of writer(events)) {
        expect(row).toBeDefined()
        if (row === undefined) continue
        expect(text).toContain(row.uid)
        expect(text).not.toContain(row.truth.campaign ?? 'benign')
        expect(truthLine(row).trimEnd().split(',')).toHaveLength(4)
      }
    }
  })
})
