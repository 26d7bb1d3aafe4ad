import { describe, expect, test } from 'vitest'
import { assess, createAssessment } from './assess.ts'
import { decide, defaultPolicy, draftAlert } from './decide.ts'
import { entityRisk, HALF_LIFE_HOURS } from './entity-risk.ts'
import { habits } from './habits.ts'
import { peek } from './judge.ts'
import { defaultModels } from './models/shipped.ts'
import { call, DAY, HOUR, livedIn, MONDAY, STRANGER, signIn } from './testing/lives.ts'

const life = livedIn(12, 60)
const NEXT = MONDAY + 63 * DAY
const say = (input: Parameters<typeof peek>[0]) =>
  peek(input, life.profile(), life.population, defaultModels, defaultPolicy)

describe('words', () => {
  test('say what is new, how often that happens, and who else has it', () => {
    const { reasons } = say(signIn(NEXT, STRANGER))
    const country = reasons.find(({ code }) => code === 'country')
    expect(country?.text).toMatch(
      /^New country BR: never seen here before, .* % of its events; nobody in the organisation/,
    )
    expect(country?.value).toBe('BR')
    const usual = say(signIn(NEXT)).reasons.find(({ code }) => code === 'asn')
    expect(usual).toMatchObject({ self: 'frequent', tenant: 'frequent', value: 'AS64500' })
    expect(usual?.text).toContain('100 % of the comparable events')
  })

  test('name a browser with its system, which it is remembered with', () => {
    const { reasons } = say(signIn(NEXT))
    const browser = reasons.find(({ code }) => code === 'browser')
    expect(browser).toMatchObject({ value: 'Firefox on Windows', self: 'frequent' })
  })

  test('name findings with their sentence and techniques', () => {
    const { reasons } = say(call(NEXT, 'StopLogging', { event: { change: ['disables_logging'] } }))
    const finding = reasons.find(({ techniques }) => techniques !== undefined)
    expect(finding?.code).toBe('logging_off')
    expect(finding?.text.length).toBeGreaterThan(10)
  })
})

describe('habits', () => {
  test('show shares by name, the hours of a week, and the value nobody saw before', () => {
    const seen = habits(life.profile(), life.population, signIn(NEXT, STRANGER), [
      signIn(NEXT - DAY),
    ])
    const city = seen.features.find(({ feature }) => feature === 'city')
    expect(city?.values).toEqual([{ value: 'Berlin, DE', share: 1, current: false }])
    expect(city?.unseen).toBe('Recife, BR')
    expect(seen.hours).toHaveLength(48)
    expect(seen.hours.reduce((a, b) => a + b)).toBeCloseTo(1, 5)
    expect(seen.current_hour).toBe(10)
    expect(seen.utc_offset_minutes).toBe(60)
    expect(seen.events).toBeGreaterThan(50)
    expect(seen.first_seen).toBe(MONDAY)
  })

  test('of nobody are empty', () => {
    const nobody = habits(livedIn(1, 0).profile(), life.population, null, [])
    expect(nobody).toMatchObject({ events: 0, features: [] })
    expect(nobody.first_seen).toBeUndefined()
  })
})

describe('an alert', () => {
  test('has a title for people, one group an identity, and a runbook', () => {
    const out = createAssessment()
    assess(
      signIn(NEXT, { client: { os: 'BeOS' } }),
      life.profile(),
      life.population,
      defaultModels,
      out,
    )
    expect(draftAlert(signIn(NEXT), out)).toBeNull()
    out.risk = 90
    out.notAssessed.length = 0
    decide(signIn(NEXT), out, defaultPolicy)
    expect(draftAlert(signIn(NEXT), out)).toMatchObject({
      group: 'unusual:sign-in:user:ada@example.com',
      title: expect.stringMatching(/^Unusual sign-in of Ada: /),
      severity: 'medium',
      runbook: expect.stringContaining('Ask the person'),
    })
  })

  test('of a campaign is shared by its members', () => {
    const out = createAssessment()
    assess(signIn(NEXT), life.profile(), life.population, defaultModels, out)
    out.findings = [
      {
        code: 'password_spray',
        points: 1,
        severity: 'high',
        techniques: ['T1110.003'],
        facts: {},
        campaign: 'spray:prefix:x',
      },
    ]
    decide(signIn(NEXT), out, defaultPolicy)
    expect(draftAlert(signIn(NEXT), out)?.group).toBe('spray:prefix:x')
  })
})

describe('the risk of an identity', () => {
  const finding = (hours: number, points: number) => ({
    time: NEXT - hours * HOUR,
    code: 'country',
    text: 'New country',
    points,
    uid: `${hours}`,
  })

  test('grows with findings and fades by half-lives, between 0 and 100', () => {
    expect(entityRisk([], NEXT).risk).toBe(0)
    const one = entityRisk([finding(0, 8)], NEXT)
    expect(one.risk).toBeCloseTo(63.2, 1)
    expect(entityRisk([finding(0, 8), finding(1, 4)], NEXT).risk).toBeGreaterThan(one.risk)
    expect(entityRisk([finding(HALF_LIFE_HOURS, 8)], NEXT).contributions[0]?.now).toBeCloseTo(4)
    expect(entityRisk([finding(0, 1e9)], NEXT).risk).toBeLessThanOrEqual(100)
    expect(entityRisk([finding(0, -5)], NEXT).risk).toBe(0)
  })
})
