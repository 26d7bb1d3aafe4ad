import { createAssessment } from '@gatewatch/engine'
import { createWorld } from '@gatewatch/simulator'
import { expect, test } from 'vitest'
import { enrich } from '../pipeline/enrich.ts'
import { worldLookups } from './lookups.ts'
import { watchTakeovers } from './measure-takeovers.ts'

const world = createWorld({ seed: 1, people: 3, days: 2, start: Date.UTC(2025, 0, 6) })
const [any] = world.events()
if (any === undefined) throw new Error('a world without an event')
const input = enrich(any.event, worldLookups(world))

type Act = readonly [
  who: string,
  session: number,
  score: number,
  label?: string,
  flagged?: 'flagged',
]

/** Shows actions to a watch: whose, in which session, how strange the session is by then, and of which attacker. */
function watched(acts: readonly Act[]) {
  const watch = watchTakeovers()
  for (const [who, start, score, label = 'benign', flagged] of acts) {
    const assessment = createAssessment()
    Object.assign(assessment.session, { start, score })
    assessment.signals.session = assessment.session
    if (flagged) {
      const finding = { code: 'takeover_session', points: 1, severity: 'high' as const }
      assessment.findings.push({ ...finding, techniques: [], facts: {} })
    }
    const entity = { key: who, name: who, class: 'human' as const }
    const truth = { label, victim: who, campaign: label === 'benign' ? who : `${label} of ${who}` }
    watch.see({ input: { ...input, entity }, assessment, truth, counts: true })
  }
  return watch.finish()
}

const benign = Array.from({ length: 20 }, (_, i): Act => [`user:${i}`, 1, i / 10])

test('counts the actions of an attacker up to the one that was enough', () => {
  const acts = [0.5, 1, 1.8, 2.5, 3].map(
    (score): Act =>
      score >= 3 ? ['user:x', 7, score, 'insider', 'flagged'] : ['user:x', 7, score, 'insider'],
  )
  expect(watched([...benign, ...acts])).toMatchObject({
    sessions: 20,
    flagged: 0,
    all: { campaigns: 1, found: 1, foundAtRate: 1, actions: 5, actionsAtRate: 4 },
    byType: { insider: { campaigns: 1 } },
  })
})

test('a session with anything of an attacker is not benign, and one reported session of a person counts once', () => {
  const both: Act[] = [
    ['user:y', 3, 0.1],
    ['user:y', 3, 0.2, 'vpn'],
    ['user:z', 4, 9, 'benign', 'flagged'],
    ['user:z', 4, 9, 'benign', 'flagged'],
  ]
  const section = watched([...benign, ...both])
  expect(section.sessions).toBe(21)
  expect(section.flagged).toBeCloseTo(1 / 21)
  expect(section.byType.vpn).toMatchObject({ campaigns: 1, found: 0, foundAtRate: 0 })
})
