import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import type { AccessEvent, Verdict } from '@gatewatch/schema'
import { createWorld } from '@gatewatch/simulator'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Lookups } from '../enrich.ts'
import { type Replay, resumeReplay, startReplay } from './replay.ts'
import { createSorter } from './sorter.ts'

const lookups: Lookups = { places: null, networks: { find: () => ({ class: 'unknown' }) } }
const key = Buffer.from('0123456789abcdef')
const start = Date.UTC(2026, 0, 5)

function event(uid: string, time: number, more: Partial<AccessEvent> = {}): AccessEvent {
  return {
    v: 1,
    uid,
    uid_kind: 'native',
    revision: 0,
    time,
    observed_time: time,
    source: { vendor: 'example', product: 'shop', format: 'canonical', connector: 'file' },
    class_uid: 3002,
    activity_id: 1,
    activity: 'sign_in',
    status_id: 1,
    actor: { name: 'ada', type: 'user' },
    src: { ip: '203.0.113.20', ip_kind: 'public' },
    ...more,
  }
}

/** A few weeks of two people, who sign in on workdays. */
const weeks = Array.from({ length: 60 }, (_, i) =>
  event(`e${i}`, start + i * 8 * 3_600_000, {
    actor: { name: i % 3 === 0 ? 'bob' : 'ada', type: 'user' },
    src: { ip: i === 55 ? '198.51.100.1' : '203.0.113.20', ip_kind: 'public' },
  }),
)

function judgeAll(replay: Replay, events: readonly AccessEvent[]): (Verdict | null)[] {
  return events.map((one) => replay.take(one)?.judgement.verdict ?? null)
}

async function sorted(events: readonly AccessEvent[], limit: number): Promise<string[]> {
  const sorter = createSorter(limit)
  try {
    for (const one of events) await sorter.add(one)
    const uids: string[] = []
    for await (const batch of sorter.sorted()) uids.push(...batch.map((one) => one.uid))
    return uids
  } finally {
    await sorter.close()
  }
}

describe('the sorter', () => {
  test('gives every event in order of time, equal times in order of arrival, whether they fit in memory or not', async () => {
    const times = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 80 })
    await fc.assert(
      fc.asyncProperty(times, fc.integer({ min: 1, max: 40 }), async (all, limit) => {
        const events = all.map((time, i) => event(String(i), time))
        const expected = [...events].sort((a, b) => a.time - b.time).map((one) => one.uid)
        expect(await sorted(events, limit)).toEqual(expected)
        expect(await sorted(events, 1_000)).toEqual(expected)
      }),
      { numRuns: 25 },
    )
  })

  test('leaves nothing on disk', async () => {
    const left = async () =>
      (await readdir(tmpdir())).filter((name) => name.startsWith('gatewatch-score-'))
    const before = await left()
    await sorted(weeks, 7)
    expect(await left()).toEqual(before)
    expect(existsSync(tmpdir())).toBe(true)
  })
})

describe('a replay', () => {
  test('leaves out what it was given before, and nothing else', () => {
    const doubled = weeks.flatMap((one) => [one, { ...one, observed_time: 1 }])
    const verdicts = judgeAll(startReplay(lookups, key), doubled)
    expect(verdicts.filter((one) => one !== null)).toEqual(
      judgeAll(startReplay(lookups, key), weeks),
    )
    const sameIdElsewhere = {
      ...event('e0', start),
      source: { ...event('e0', start).source, vendor: 'other' },
    }
    expect(
      judgeAll(startReplay(lookups, key), [event('e0', start), sameIdElsewhere]),
    ).not.toContain(null)
  })

  test('gives the same verdicts for the same events', () => {
    expect(judgeAll(startReplay(lookups, key), weeks)).toEqual(
      judgeAll(startReplay(lookups, key), weeks),
    )
  })

  test('goes on from its saved state as if it had not stopped', () => {
    const whole = judgeAll(startReplay(lookups, key), weeks)
    const first = startReplay(lookups, key)
    const before = judgeAll(first, weeks.slice(0, 40))
    const second = resumeReplay(lookups, first.encode())
    expect([...before, ...judgeAll(second, weeks.slice(40))]).toEqual(whole)
    expect(second.identities).toBe(2)
  })

  test('with a fitted head judges otherwise than with the shipped one, and goes on from a saved state to the bit', () => {
    const world = createWorld({ seed: 4, people: 120, days: 30, start })
    const events: AccessEvent[] = []
    for (const simulated of world.events()) if (events.push(simulated.event) === 15_000) break
    const whole = startReplay(lookups, key, 'fitted')
    const verdicts = judgeAll(whole, events)
    const first = startReplay(lookups, key, 'fitted')
    const before = judgeAll(first, events.slice(0, 12_000))
    const second = resumeReplay(lookups, first.encode(), 'fitted')
    expect([...before, ...judgeAll(second, events.slice(12_000))]).toEqual(verdicts)
    expect(Buffer.compare(second.encode(), whole.encode())).toBe(0)
    expect(judgeAll(startReplay(lookups, key), events)).not.toEqual(verdicts)
  })

  test('refuses a state that is none, or cut off', () => {
    const bytes = startReplay(lookups, key).encode()
    expect(() => resumeReplay(lookups, Buffer.from('hello\n'))).toThrow('no state file')
    expect(() => resumeReplay(lookups, Buffer.from('{"magic":"other"}\n'))).toThrow('no state file')
    expect(() => resumeReplay(lookups, bytes.subarray(0, bytes.length - 2))).toThrow('cut off')
  })
})
