import type { EnrichedEvent } from '@gatewatch/schema'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assess, createAssessment } from '../assess.ts'
import { ByteWriter } from '../bytes.ts'
import { defaultPolicy } from '../decide.ts'
import { indexOf, REMEMBERED } from '../features/catalogue.ts'
import { judge } from '../judge.ts'
import { learn } from '../learn.ts'
import { defaultModels } from '../models/shipped.ts'
import { createDelta, createPopulation } from '../population/population.ts'
import {
  call,
  createLife,
  DAY,
  type Difference,
  HOUR,
  livedIn,
  MONDAY,
  STRANGER,
  signIn,
} from '../testing/lives.ts'
import { decodeProfile, encodeProfile } from './codec.ts'
import { dayOf } from './decay.ts'
import {
  AMOUNTS,
  FIRST_SLOT,
  FIXED_WORDS,
  HISTORY,
  HOURS,
  MOST_SLOTS,
  NOVELTY,
  SESSION_START,
  SESSION_SUMS,
  SLOTS,
  SLOW_OBJECTS,
  TOTAL_WORDS,
  USED,
} from './layout.ts'
import { mergeProfiles } from './merge.ts'
import { copyProfile, createProfile, type Profile, profileLastTime } from './profile.ts'
import { takeSlot } from './slots.ts'

/** Any event of one identity: sign-ins and calls with values from wide and narrow ranges, successes and failures. */
const anyEvent = fc
  .record({
    minutes: fc.nat(120 * 1440),
    isCall: fc.boolean(),
    value: fc.nat(60),
    failed: fc.boolean(),
    bytes: fc.double({ min: 0, max: 1e15, noNaN: true }),
    strong: fc.boolean(),
    far: fc.boolean(),
  })
  .map(({ minutes, isCall, value, failed, bytes, strong, far }): EnrichedEvent => {
    const time = MONDAY + minutes * 60_000
    const but: Difference = {
      event: {
        status_id: failed ? 2 : 1,
        ...(failed ? { failure_class: 'bad_credentials', status_code: `E${value % 9}` } : {}),
        device: { uid: `device ${value}` },
        app: { name: `app ${value % 20}` },
        traffic: { bytes_out: bytes, bytes_in: bytes / 7 },
        actor: {
          type: 'user',
          credential_uid: `AKIA${value % 8}`,
          assumed_from: `role ${value % 10}`,
        },
        resources: [{ type: `kind ${value % 12}` }],
        ...(isCall
          ? {
              api: { service: `service ${value % 11}`, operation: `Operation${value}` },
              cloud: { provider: 'aws' as const, region: `region ${value % 9}` },
            }
          : {}),
      },
      place: far
        ? {
            country: `Q${String.fromCharCode(65 + (value % 26))}`,
            city: `city ${value}`,
            lat: -30,
            long: value,
          }
        : {},
      network: { asn: 64_000 + value, prefix: `203.0.${value}.0/24` },
      client: {
        os: `os ${value % 6}`,
        os_version: `${value}`,
        browser: `b ${value % 7}`,
        browser_version: `${value}`,
      },
    }
    const input = isCall ? call(time, `Operation${value}`, but) : signIn(time, but)
    if (!isCall && strong && input.event.auth !== undefined) {
      return { ...input, event: { ...input.event, auth: { ...input.event.auth, is_mfa: true } } }
    }
    return input
  })

const lived = (events: readonly EnrichedEvent[]): Profile => {
  const life = createLife()
  for (const event of events) life.live(event)
  return life.profile()
}

describe('a profile record', () => {
  test('stays under 2,000 bytes whatever happens', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { minLength: 50, maxLength: 400 }), (events) => {
        events.sort((a, b) => a.event.time - b.event.time)
        expect(encodeProfile(lived(events)).length).toBeLessThan(2000)
      }),
      { numRuns: 25 },
    )
    // every word in use and every slot that may be
    const full = createProfile()
    const life = createLife()
    for (let i = 0; i < 3000; i++) {
      const but: Difference = {
        event: {
          device: { uid: `d${i}` },
          app: { name: `a${i}` },
          traffic: { bytes_out: i, bytes_in: i },
          api: { service: `s${i % 8}`, operation: `o${i}` },
          cloud: { provider: 'aws', region: `r${i}` },
          resources: [{ type: `t${i}` }],
        },
        place: { city: `c${i}` },
        network: { prefix: `p${i}`, asn: i },
      }
      life.live(
        i % 2
          ? call(MONDAY + i * 37 * 60_000, `o${i}`, but)
          : signIn(MONDAY + i * 37 * 60_000, but),
      )
    }
    for (let i = 0; i < SLOTS - 1; i++) full.u32[i] = 0x3f80_0001
    full.u32.set(life.profile().u32.subarray(SLOTS - 1), SLOTS - 1)
    expect(encodeProfile(full).length).toBeLessThan(2000)
    expect(encodeProfile(full).length).toBeGreaterThan(1800)
  })

  test('of a build that held more slots has no more than others once something new comes', () => {
    const profile = createProfile()
    const { u32 } = profile
    for (let slot = 0; slot < MOST_SLOTS + 3; slot++)
      u32.fill(0x3f80_0001, SLOTS + 3 * slot, SLOTS + 3 * slot + 3)
    u32[USED] = MOST_SLOTS + 3
    let gone = 0
    takeSlot(profile, REMEMBERED - 1, 7, dayOf(MONDAY), () => {
      gone += 1
    })
    expect([gone, u32[USED]]).toEqual([4, MOST_SLOTS])
  })

  test('of somebody who only signs in stays under 1,100 bytes', () => {
    expect(encodeProfile(livedIn(3, 120).profile()).length).toBeLessThan(1100)
  })

  test('comes back to the bit', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 60 }), (events) => {
        const profile = lived(events)
        const again = decodeProfile(encodeProfile(profile))
        expect(again.u32).toEqual(profile.u32)
        expect(encodeProfile(again)).toEqual(encodeProfile(profile))
      }),
      { numRuns: 40 },
    )
  })

  test('read again in the middle of a life makes no difference to the rest of it', () => {
    fc.assert(
      fc.property(
        fc.array(anyEvent, { minLength: 2, maxLength: 60 }),
        fc.nat(59),
        (events, cut) => {
          const population = createPopulation(new Uint8Array(16).fill(9))
          let stopped = createProfile()
          const going = createProfile()
          for (const [i, event] of events.entries()) {
            if (i === cut) stopped = decodeProfile(encodeProfile(stopped))
            const one = judge(event, going, population, defaultModels, defaultPolicy, createDelta())
            const two = judge(
              event,
              stopped,
              population,
              defaultModels,
              defaultPolicy,
              createDelta(),
            )
            expect(two).toEqual(one)
          }
          expect(encodeProfile(stopped)).toEqual(encodeProfile(going))
        },
      ),
      { numRuns: 30 },
    )
  })

  test('that is damaged, cut or of another version is refused with a clear message', () => {
    const bytes = encodeProfile(livedIn(1, 14).profile())
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = bytes.slice()
        damaged[at] = (damaged[at] ?? 0) ^ change
        expect(() => decodeProfile(damaged)).toThrow(RangeError)
      }),
    )
    expect(() => decodeProfile(bytes.subarray(0, 40))).toThrow(/damaged/)
    expect(() => decodeProfile(new Uint8Array(0))).toThrow(/damaged/)
  })

  test('as versions before wrote it is read; sessions and the management of devices are learned anew', () => {
    const profile = livedIn(1, 14).profile()
    const { u32 } = profile
    const feature = indexOf('management')
    u32.fill(0, NOVELTY + 2 * feature, NOVELTY + 2 * feature + 2)
    u32[SLOW_OBJECTS] = 7
    const from = SLOTS + 3 * (FIRST_SLOT[feature] ?? 0)
    for (let at = from; at < SLOTS + 3 * (FIRST_SLOT[feature + 1] ?? 0); at += 3) {
      if (u32[at] !== 0) u32[USED] = (u32[USED] ?? 0) - 1
      u32.fill(0, at, at + 3)
    }
    const bytes = encodeProfile(profile)
    const fixed = u32.subarray(0, FIXED_WORDS)
    const slots = 2 + Math.ceil(FIXED_WORDS / 8) + 4 * fixed.filter((word) => word !== 0).length
    const older = (version: number) => {
      const words = [...fixed.slice(0, NOVELTY + 2 * feature)]
      if (version === 5) words.push(u32[SLOW_OBJECTS] ?? 0)
      const out = new ByteWriter()
      out.u8(bytes[0] ?? 0)
      out.u8(version)
      for (let i = 0; i < words.length; i += 8) {
        out.u8(words.slice(i, i + 8).reduce((bits, word, bit) => bits | (+(word !== 0) << bit), 0))
      }
      for (const word of words) if (word !== 0) out.u32(word)
      // the last slots are those of the management, none; four bytes of a checksum follow
      out.bytes(bytes.slice(slots, -5))
      return decodeProfile(out.finish())
    }
    expect(older(5).u32).toEqual(u32)
    const expected = copyProfile(profile)
    expected.u32.fill(0, SESSION_START, SESSION_SUMS + 1 + 3 * AMOUNTS)
    expected.u32[SLOW_OBJECTS] = 0
    expect(older(4).u32).toEqual(expected.u32)
    expect(() => older(3)).toThrow(/version 3 cannot be read/)
  })
})

describe('long memory', () => {
  test('does not depend on the order of a day’s events', () => {
    const day = fc.array(
      fc.record({ minute: fc.nat(1439), city: fc.nat(3), prefix: fc.nat(5), device: fc.nat(3) }),
      { minLength: 1, maxLength: 25 },
    )
    const shuffled = fc
      .array(day, { minLength: 1, maxLength: 12 })
      .chain((days) =>
        fc.tuple(
          fc.constant(days),
          fc.tuple(...days.map((one) => fc.shuffledSubarray(one, { minLength: one.length }))),
        ),
      )
    const population = createPopulation(new Uint8Array(16).fill(5))
    const out = createAssessment()
    const teachAll = (
      days: readonly (readonly {
        minute: number
        city: number
        prefix: number
        device: number
      }[])[],
    ) => {
      const profile = createProfile()
      for (const [i, events] of days.entries()) {
        for (const { minute, city, prefix, device } of events) {
          const input = signIn(MONDAY - 9 * HOUR + i * 3 * DAY + minute * 60_000, {
            place: { city: `city ${city}` },
            network: { prefix: `203.0.${prefix}.0/24` },
            event: { device: { uid: `device ${device}` } },
          })
          assess(input, profile, population, defaultModels, out)
          out.risk = 0
          learn(input, out, profile, createDelta())
        }
      }
      return profile
    }
    fc.assert(
      fc.property(shuffled, ([days, other]) => {
        const a = longMemory(teachAll(days))
        const b = longMemory(teachAll(other))
        expect([...a.keys()].sort()).toEqual([...b.keys()].sort())
        for (const [name, value] of a) {
          expect(Math.abs(value - (b.get(name) ?? Number.NaN))).toBeLessThanOrEqual(
            1e-4 * Math.abs(value) + 1e-9,
          )
        }
      }),
      { numRuns: 40 },
    )
  })

  test('fades by half in sixty days', () => {
    const life = livedIn(1, 5)
    const weightNow = life.profile().f32[HISTORY] ?? 0
    const out = createAssessment()
    assess(signIn(MONDAY + 4 * DAY + 60 * DAY), life.profile(), life.population, defaultModels, out)
    expect(out.signals.history).toBeCloseTo(weightNow * 2 ** (-64 / 60), 4)
  })

  test('lasts over years without growing out of its numbers', () => {
    const life = createLife()
    for (let week = 0; week < 52 * 12; week++) life.live(signIn(MONDAY + week * 7 * DAY))
    const { f32 } = life.profile()
    for (let i = HOURS; i < NOVELTY; i++) expect(Number.isFinite(f32[i])).toBe(true)
    expect(life.live(signIn(MONDAY + 52 * 12 * 7 * DAY)).verdict.risk).toBeLessThan(60)
  })
})

describe('merging two profiles', () => {
  test('adds their long memory and keeps the newer short memory', () => {
    const one = createLife()
    const two = createLife()
    for (let day = 0; day < 10; day++) {
      one.live(signIn(MONDAY + day * DAY))
      two.live(signIn(MONDAY + (day + 20) * DAY, STRANGER))
    }
    const merged = mergeProfiles(one.profile(), two.profile())
    const other = mergeProfiles(two.profile(), one.profile())
    expect(encodeProfile(merged)).toEqual(encodeProfile(other))
    expect(profileLastTime(merged)).toBe(MONDAY + 29 * DAY)
    const out = createAssessment()
    for (const but of [{}, STRANGER]) {
      assess(signIn(MONDAY + 30 * DAY, but), merged, one.population, defaultModels, out)
      expect(out.signals.newCountry).toBe(false)
      expect(out.signals.newDevice).toBe(false)
      expect(out.signals.history).toBeGreaterThan(15)
    }
  })

  test('with an empty one changes nothing, and merged records stay small', () => {
    const life = livedIn(1, 20)
    expect(encodeProfile(mergeProfiles(life.profile(), createProfile()))).toEqual(
      encodeProfile(life.profile()),
    )
    fc.assert(
      fc.property(
        fc.array(anyEvent, { maxLength: 200 }),
        fc.array(anyEvent, { maxLength: 200 }),
        (a, b) => {
          expect(encodeProfile(mergeProfiles(lived(a), lived(b))).length).toBeLessThan(2000)
        },
      ),
      { numRuns: 10 },
    )
  })
})

test('a copy is independent', () => {
  const life = livedIn(1, 7)
  const before = encodeProfile(life.profile())
  const copy = copyProfile(life.profile())
  judge(
    signIn(MONDAY + 8 * DAY, STRANGER),
    copy,
    life.population,
    defaultModels,
    defaultPolicy,
    createDelta(),
  )
  expect(encodeProfile(life.profile())).toEqual(before)
  expect(encodeProfile(copy)).not.toEqual(before)
})

/** Everything of long memory by name; slots by hash, so that their place does not matter. */
function longMemory(profile: Profile): Map<string, number> {
  const { u32, f32 } = profile
  const memory = new Map<string, number>([['history', f32[HISTORY] ?? 0]])
  for (let i = HOURS; i < SLOTS - 1; i++) memory.set(`word ${i}`, f32[i] ?? 0)
  for (let at = SLOTS; at + 2 < TOTAL_WORDS; at += 3) {
    if (u32[at] === 0) continue
    memory.set(`slot ${u32[at]}`, f32[at + 1] ?? 0)
    memory.set(`days ${u32[at]}`, u32[at + 2] ?? 0)
  }
  return memory
}
