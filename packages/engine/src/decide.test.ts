import type { Severity, Verdict } from '@gatewatch/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assess, createAssessment } from './assess.ts'
import { decide, decideAgain, draftAlert, STATED_RISK } from './decide.ts'
import { explain } from './explain.ts'
import { catalogue } from './features/catalogue.ts'
import { defaultModels } from './models/shipped.ts'
import { rules } from './rules/index.ts'
import { DAY, livedIn, MONDAY, STRANGER, signIn } from './testing/lives.ts'
import type { Assessment, Policy } from './types.ts'

const life = livedIn(12, 30)
const NEXT = MONDAY + 31 * DAY
const policies: fc.Arbitrary<Policy> = fc.record({
  challengeAt: fc.integer({ min: STATED_RISK, max: 101 }),
  denyAt: fc.integer({ min: STATED_RISK, max: 101 }),
  alertAt: fc.integer({ min: STATED_RISK, max: 100 }),
  prevalence: fc.constant(1e-4),
})
const finding = fc.record({
  code: fc.constantFrom('no rule', ...rules.map(({ code }) => code)),
  points: fc.integer({ min: 0, max: 9 }),
  severity: fc.constantFrom<Severity[]>('low', 'medium', 'high', 'critical'),
  techniques: fc.constant([]),
  facts: fc.constant({}),
  campaign: fc.option(fc.constantFrom('wave:1', 'wave:2'), { nil: undefined }),
})

test('a stored verdict decided again by another policy is what that policy would have said', () => {
  const situations = fc.record({
    risk: fc.integer({ min: 0, max: 100 }),
    shift: fc.constantFrom(0, 3.5, 25),
    young: fc.boolean(),
    failed: fc.boolean(),
    findings: fc.array(finding, { maxLength: 3 }),
  })
  fc.assert(
    fc.property(situations, policies, policies, (situation, then, now) => {
      const input = signIn(NEXT, { event: { status_id: situation.failed ? 2 : 1 } })
      const judged = (policy: Policy): { verdict: Verdict; out: Assessment } => {
        const out = createAssessment()
        const profile = life.profile(input.entity.key)
        assess(input, profile, life.population, defaultModels, out)
        out.risk = situation.risk
        out.alertShift = situation.shift
        out.notAssessed = situation.young ? ['population_young'] : []
        out.findings = situation.findings.map(({ campaign, ...one }) =>
          campaign === undefined ? one : { ...one, campaign },
        )
        decide(input, out, policy)
        return { out, verdict: explain(input, out, profile, life.population) }
      }
      const { verdict } = judged(then)
      const wanted = judged(now)
      const stored: Verdict = JSON.parse(JSON.stringify(verdict))
      const again = decideAgain(stored, now)
      if (situation.risk < STATED_RISK && situation.findings.length === 0) {
        expect(again).toBeNull()
        expect([wanted.verdict.decision, wanted.out.alerted]).toEqual(['allow', false])
        return
      }
      const draft = draftAlert(input, wanted.out)
      const outline =
        draft === null ? null : { group: draft.group, rule: draft.rule, severity: draft.severity }
      expect(again).toEqual({ decision: wanted.verdict.decision, alert: outline })
    }),
  )
})

test('coming from the organisation’s own network is less surprise, and everything else is what it was', () => {
  const stranger = signIn(NEXT, STRANGER)
  const { network } = stranger.context
  if (network === undefined) return expect.unreachable('a stranger comes from a network')
  const of = (own?: 'office' | 'vpn') => {
    const context = {
      ...stranger.context,
      network: own === undefined ? network : { ...network, own },
    }
    const out = createAssessment()
    const input = { ...stranger, context }
    assess(input, life.profile(input.entity.key), life.population, defaultModels, out)
    return out
  }
  const [strange, office, vpn] = [of(), of('office'), of('vpn')]
  const surprise = (out: Assessment, group: 'network' | 'device') =>
    catalogue
      .map(({ group: own }, i) => (own === group ? Math.max(0, out.points[i] ?? 0) : 0))
      .reduce((sum, points) => sum + points, 0)
  expect(surprise(strange, 'network')).toBeGreaterThan(2)
  expect(surprise(office, 'network')).toBeLessThan(surprise(strange, 'network') / 2)
  expect(surprise(strange, 'device')).toBeGreaterThan(1)
  expect(surprise(office, 'device')).toBe(surprise(strange, 'device'))
  expect(office.score).toBeLessThan(strange.score)
  expect(office.signals.travel).toEqual(strange.signals.travel)
  expect(strange.signals.travel).not.toBeNull()
  expect(vpn.signals.travel).toBeNull()
})
