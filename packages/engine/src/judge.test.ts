import type { EnrichedEvent } from '@gatewatch/schema'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { assess, createAssessment } from './assess.ts'
import { decide, defaultPolicy } from './decide.ts'
import { judge, peek } from './judge.ts'
import { defaultModels } from './models/shipped.ts'
import { encodePopulation } from './population/codec.ts'
import { createDelta } from './population/population.ts'
import { encodeProfile } from './profile/codec.ts'
import { copyProfile, createProfile } from './profile/profile.ts'
import {
  call,
  createLife,
  DAY,
  type Difference,
  HOUR,
  type Life,
  livedIn,
  MONDAY,
  person,
  STRANGER,
  signIn,
} from './testing/lives.ts'
import type { Models } from './types.ts'

let life: Life
const NEXT = MONDAY + 70 * DAY

const peekAt = (input: EnrichedEvent, models: Models = defaultModels) =>
  peek(input, life.profile(input.entity.key), life.population, models, defaultPolicy)

beforeAll(() => {
  life = livedIn(25, 70)
})

describe('a verdict', () => {
  test('of a usual sign-in is calm, and of a stranger’s is not', () => {
    const usual = peekAt(signIn(NEXT))
    const strange = peekAt(signIn(NEXT + 12 * HOUR, STRANGER))
    expect(usual.risk).toBeLessThan(40)
    expect(usual.decision).toBe('allow')
    expect(strange.risk).toBeGreaterThan(95)
    expect(strange.decision).toBe('challenge')
    expect(strange.score).toBeGreaterThan(usual.score + 15)
    expect(strange.reasons[0]).toMatchObject({ self: 'unseen', tenant: 'unseen' })
  })

  test('has reasons whose points add up to the score exactly', () => {
    const differences: Difference[] = [
      {},
      STRANGER,
      { place: null, network: null },
      { event: { status_id: 2, vendor_risk: { level_id: 4, reasons: [] } } },
      { network: { class: 'tor', listed: [{ list: 'exits', age_days: 3 }] } },
      { event: { traffic: { bytes_out: 5e12, bytes_in: 3 } } },
    ]
    for (const but of differences) {
      for (const input of [
        signIn(NEXT + 3 * HOUR, but),
        call(NEXT + 3 * HOUR, 'StopLogging', but),
      ]) {
        const verdict = peekAt(input)
        const sum = verdict.reasons.reduce((total, { points }) => total + points, 0)
        expect(Math.abs(sum - verdict.score)).toBeLessThan(1e-9)
      }
    }
  })

  test('never falls because a familiar value becomes a new one', () => {
    const parts: Difference[] = [
      { place: { country: 'BR' } },
      { place: { city: 'Recife' } },
      { network: { asn: 64_511 } },
      { network: { prefix: '203.0.113.0/24' } },
      { client: { os: 'Linux' } },
      { client: { browser: 'Lynx' } },
      { client: { browser_version: '1' } },
      { event: { device: { uid: 'another machine' } } },
    ]
    const join = (chosen: readonly Difference[]): Difference => ({
      place: Object.assign({}, ...chosen.map((one) => one.place)),
      network: Object.assign({}, ...chosen.map((one) => one.network)),
      client: Object.assign({}, ...chosen.map((one) => one.client)),
      event: Object.assign({}, ...chosen.map((one) => one.event)),
    })
    const usual = peekAt(signIn(NEXT)).score
    fc.assert(
      fc.property(fc.subarray(parts), fc.nat(parts.length - 1), (chosen, extra) => {
        const one = peekAt(signIn(NEXT, join(chosen))).score
        expect(one).toBeGreaterThanOrEqual(usual - 1e-9)
        const added = parts[extra] ?? {}
        if (chosen.length === 0) {
          expect(peekAt(signIn(NEXT, added)).score).toBeGreaterThan(usual)
        }
      }),
    )
  })

  test('says what it could not judge, and gives it no points', () => {
    const verdict = peekAt(
      signIn(NEXT, {
        place: null,
        network: null,
        event: { src: { ip_kind: 'private', ip: '10.0.0.1' } },
      }),
    )
    expect(verdict.not_assessed).toEqual(
      expect.arrayContaining(['no_location', 'no_network', 'private_address']),
    )
    const network = ['country', 'city', 'asn', 'prefix', 'travel', 'network_class']
    expect(verdict.reasons.filter(({ code }) => network.includes(code))).toEqual([])
    const service = peekAt(
      call(NEXT, 'GetObject', {
        place: null,
        network: null,
        event: { src: { ip_kind: 'service' } },
      }),
    )
    expect(service.not_assessed).toContain('service_address')
  })

  test('of an identity nobody knows stays below 86 without a rule, and says so', () => {
    const somebody = { key: 'user:new@example.com', name: 'New' }
    const verdict = peek(
      signIn(NEXT, { ...STRANGER, entity: somebody }),
      createProfile(),
      life.population,
      defaultModels,
      defaultPolicy,
    )
    expect(verdict.not_assessed).toContain('no_history')
    expect(verdict.risk).toBeLessThanOrEqual(85)
  })

  test('ignores a term whose weight is not a number', () => {
    const head = defaultModels.head.slice()
    head[0] = Number.NaN
    const verdict = peekAt(signIn(NEXT, STRANGER), { ...defaultModels, head })
    expect(Number.isFinite(verdict.score)).toBe(true)
    expect(verdict.reasons.some(({ code }) => code === 'country')).toBe(false)
  })

  test('that is an alert says what would have made it ordinary', () => {
    const { verdict, alert } = livedIn(40, 90).live(
      signIn(MONDAY + 91 * DAY, { client: { os: 'BeOS' } }),
    )
    expect(verdict.risk).toBeGreaterThanOrEqual(75)
    expect(alert).not.toBeNull()
    expect(verdict.counterfactual).toMatch(
      /^With the usual .+ the risk would be \d+ instead of \d+$/,
    )
  })
})

describe('judging', () => {
  test('an empty organisation gives every kind of event a verdict of finite numbers', () => {
    const fresh = createLife()
    for (const input of [signIn(MONDAY), call(MONDAY, 'CreateUser'), signIn(MONDAY, STRANGER)]) {
      const { verdict } = fresh.live(input)
      for (const number of [verdict.score, verdict.risk, verdict.probability]) {
        expect(Number.isFinite(number)).toBe(true)
      }
    }
  })

  test('peeking changes neither profile nor population', () => {
    const before = [encodeProfile(life.profile()), encodePopulation(life.population)]
    peekAt(signIn(NEXT, STRANGER))
    expect([encodeProfile(life.profile()), encodePopulation(life.population)]).toEqual(before)
  })

  test('gives the same bytes for the same events', () => {
    const [one, other] = [livedIn(4, 21), livedIn(4, 21)]
    expect(encodeProfile(one.profile())).toEqual(encodeProfile(other.profile()))
    expect(encodePopulation(one.population)).toEqual(encodePopulation(other.population))
  })

  test('one identity teaches another’s profile nothing', () => {
    const fresh = livedIn(2, 14)
    const before = encodeProfile(fresh.profile())
    fresh.live(
      signIn(MONDAY + 15 * DAY, { ...STRANGER, entity: { key: 'user:other@example.com' } }),
    )
    expect(encodeProfile(fresh.profile())).toEqual(before)
  })

  test('a value common among colleagues is less strange than one nobody has', () => {
    const fresh = livedIn(25, 30)
    const time = MONDAY + 31 * DAY
    const shared = { network: { asn: 64_777, prefix: '203.0.113.0/24' } }
    for (let who = 1; who < 20; who++) {
      for (let day = 0; day < 4; day++) {
        fresh.live(signIn(MONDAY + (24 + day) * DAY + 6 * HOUR, { ...person(who), ...shared }))
      }
    }
    const known = fresh.live(signIn(time, shared)).verdict.score
    const unknown = livedIn(25, 30).live(signIn(time, shared)).verdict.score
    expect(known).toBeLessThan(unknown - 0.5)
  })

  test('a person nobody knows at two on a Sunday night is strange, on a working morning not', () => {
    const opaque: Difference = {
      place: null,
      network: null,
      client: { kind: 'unknown' },
      entity: { key: 'user:encoded 1371', name: 'encoded 1371' },
    }
    const at = (time: number) => {
      const { device: _, ...rest } = signIn(time, opaque).event
      const input: EnrichedEvent = {
        ...signIn(time, opaque),
        event: { ...rest, src: { ip_kind: 'invalid', ip_raw: '77' } },
        context: { client: { kind: 'unknown' }, missing: [] },
      }
      return peek(input, createProfile(), life.population, defaultModels, defaultPolicy)
    }
    const night = at(Date.UTC(2026, 2, 15, 1))
    const morning = at(Date.UTC(2026, 2, 16, 9))
    expect(night.not_assessed).toContain('opaque_address')
    expect(night.risk).toBeGreaterThanOrEqual(50)
    expect(morning.risk).toBeLessThan(20)
    expect(morning.decision).toBe('allow')
  })

  test('survives hostile text', () => {
    const hostile = [
      '__proto__',
      '\ud800',
      '\u0000',
      'x'.repeat(10_000),
      'constructor',
      '{"a":1}',
      '‮',
    ]
    for (const text of hostile) {
      const fresh = createLife()
      for (let i = 0; i < 3; i++) {
        const { verdict } = fresh.live(
          signIn(MONDAY + i * DAY, {
            event: { device: { uid: text }, app: { name: text }, user_agent: text },
            client: { os: text, browser: text },
            place: { city: text },
            network: { prefix: text },
            entity: { key: text, name: text },
          }),
        )
        expect(Number.isFinite(verdict.score)).toBe(true)
        // texts in the verdict are cut; the entity's own key and name are the caller's
        for (const reason of verdict.reasons) expect(reason.text.length).toBeLessThan(500)
      }
      expect(encodeProfile(fresh.profile(text)).length).toBeLessThan(2000)
    }
  })
})

describe('a decision', () => {
  test('follows risk and policy, and a critical finding is challenged at least', () => {
    const out = createAssessment()
    assess(signIn(NEXT), life.profile(), life.population, defaultModels, out)
    const at = (risk: number) => {
      out.risk = risk
      out.notAssessed.length = 0
      out.alertShift = 0
      decide(signIn(NEXT), out, defaultPolicy)
      return [out.decision, out.alerted]
    }
    expect(at(62.9)).toEqual(['allow', false])
    expect(at(63)).toEqual(['challenge', false])
    expect(at(75)).toEqual(['challenge', true])
    expect(at(95)).toEqual(['deny', true])
    // two sign-ins a day each: as many false alerts as one in 2,500 makes
    assess(signIn(NEXT), life.profile(), life.population, defaultModels, out)
    expect(out.alertShift).toBeGreaterThan(5)
    out.notAssessed.length = 0
    out.risk = 75 + out.alertShift - 0.1
    decide(signIn(NEXT), out, defaultPolicy)
    expect([out.decision, out.alerted]).toEqual(['challenge', false])
    out.risk += 0.2
    decide(signIn(NEXT), out, defaultPolicy)
    expect(out.alerted).toBe(true)
    out.findings = [
      { code: 'root_use', points: 1, severity: 'critical', techniques: [], facts: {} },
    ]
    expect(at(10)).toEqual(['challenge', true])
  })

  test('never claims a higher probability than the share of benign events as strange allows', () => {
    const out = createAssessment()
    assess(signIn(NEXT), life.profile(), life.population, defaultModels, out)
    const claimed = (score: number, risk: number) => {
      out.score = score
      out.risk = risk
      decide(signIn(NEXT), out, defaultPolicy)
      return out.probability
    }
    expect(claimed(20, 75)).toBeCloseTo(1 / 11, 2)
    expect(claimed(20, 50)).toBeCloseTo(1 / 101, 3)
    expect(claimed(2, 75)).toBeLessThan(0.001)
    expect(claimed(20, 100)).toBeGreaterThan(0.99)
  })

  test('raises no alert for a strange sign-in with wrong credentials alone, and one for a strange success', () => {
    const out = createAssessment()
    const raised = (status: {
      status_id: 1 | 2
      failure_class?: 'bad_credentials' | 'mfa_denied'
    }) => {
      const input = signIn(NEXT)
      assess(input, life.profile(), life.population, defaultModels, out)
      out.risk = 90
      out.notAssessed.length = 0
      out.findings = []
      decide({ ...input, event: { ...input.event, ...status } }, out, defaultPolicy)
      return out.alerted
    }
    expect(raised({ status_id: 2, failure_class: 'bad_credentials' })).toBe(false)
    expect(raised({ status_id: 2, failure_class: 'mfa_denied' })).toBe(true)
    expect(raised({ status_id: 1 })).toBe(true)
  })

  test('without 2,000 events only findings raise alerts, and nothing is denied', () => {
    const fresh = livedIn(3, 21)
    const { verdict, alert } = fresh.live(
      signIn(MONDAY + 21 * DAY + HOUR, { client: { os: 'BeOS', browser: 'NetPositive' } }),
    )
    expect(verdict.not_assessed).toContain('population_young')
    expect(verdict.decision).not.toBe('deny')
    expect(alert).toBeNull()
  })
})

test('judging a copy and swapping it in equals judging in place', () => {
  const own = life.profile()
  const copy = copyProfile(own)
  const input = signIn(NEXT + HOUR)
  const inPlace = judge(
    input,
    copyProfile(own),
    life.population,
    defaultModels,
    defaultPolicy,
    createDelta(),
  )
  const onCopy = judge(input, copy, life.population, defaultModels, defaultPolicy, createDelta())
  expect(onCopy).toEqual(inPlace)
})
