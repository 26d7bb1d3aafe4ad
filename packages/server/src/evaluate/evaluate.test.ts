import { createWorld, type SimulatedEvent } from '@gatewatch/simulator'
import { beforeAll, describe, expect, test } from 'vitest'
import { asText } from './cells.ts'
import { evaluateWorld } from './evaluate-world.ts'
import { worldLookups } from './lookups.ts'
import type { Evaluation } from './measure.ts'
import { runTrial } from './run.ts'
import { tell } from './tell.ts'
import type { Trial } from './trial.ts'

const START = Date.UTC(2025, 0, 6)

describe('evaluating a small world', () => {
  let evaluation: Evaluation
  let text: string

  beforeAll(() => {
    evaluation = evaluateWorld({ seed: 5, people: 120, days: 21, warmUp: 9 })
    text = asText(tell([evaluation]))
  }, 60_000)

  test('tells recall of every contender and type, at every rate, within its interval', () => {
    expect(evaluation.contenders.map(({ name }) => name)).toEqual([
      'gatewatch',
      'fitted head',
      'raw surprise',
      'rules',
      'isolation forest',
      'Freeman',
      'Freeman without prior',
      'oracle with labels',
    ])
    expect(Object.keys(evaluation.attackSignIns).length).toBeGreaterThan(2)
    for (const contender of evaluation.contenders) {
      expect(Object.keys(contender.byType).sort()).toEqual(
        Object.keys(evaluation.attackSignIns).sort(),
      )
      contender.recall.forEach((recall, i) => {
        const [low, high] = contender.interval[i] ?? [Number.NaN, Number.NaN]
        expect(low).toBeLessThanOrEqual(high)
        expect(recall).toBeGreaterThanOrEqual(0)
        expect(recall).toBeLessThanOrEqual(1)
      })
    }
  })

  test('finds more than chance: half of the attacks lie among the strangest sign-ins', () => {
    const gatewatch = evaluation.contenders[0]
    expect(gatewatch?.auc).toBeGreaterThan(0.85)
  })

  test('prints the types, the bands and whether the world counts', () => {
    for (const type of Object.keys(evaluation.attackSignIns)) expect(text).toContain(type)
    for (const { name } of evaluation.bands) expect(text).toContain(name)
    expect(text).toMatch(/The world is (hard enough to count|NOT hard enough)/)
    expect(text).toContain('Overall recall at 1% false positives')
    expect(text).not.toMatch(/undefined|NaN/)
  })
})

describe('a trial', () => {
  const world = createWorld({ seed: 3, people: 25, days: 8, start: START })
  const options = { start: START, days: 8, warmUp: 2, seed: 3, lookups: worldLookups(world) }

  test('gives nobody a label: events carry none, and truth is read only after the judgement', () => {
    const order: string[] = []
    const watched = function* (): Generator<SimulatedEvent> {
      for (const { event, truth } of world.events()) {
        expect(namesIn(event)).not.toEqual(
          expect.arrayContaining([expect.stringMatching(/truth|label|attack|campaign|victim/i)]),
        )
        const seen = new Proxy(event, {
          get(target, name, self) {
            if (order.at(-1) !== `event ${event.uid}`) order.push(`event ${event.uid}`)
            return Reflect.get(target, name, self)
          },
        })
        yield {
          event: seen,
          get truth() {
            order.push(`truth ${event.uid}`)
            return truth
          },
        }
      }
    }
    runTrial(watched(), options)
    const truths = order.filter((entry) => entry.startsWith('truth'))
    expect(truths.length).toBeGreaterThan(100)
    order.forEach((entry, at) => {
      if (entry.startsWith('truth')) expect(order[at - 1]).toBe(entry.replace('truth', 'event'))
    })
  })

  test('scores the same whatever the truth is said to be', () => {
    const scores = ({ signIns }: Trial) => signIns.map((row) => [...row.scores.subarray(0, 7)])
    const honest = runTrial(world.events(), options)
    const lied = runTrial(relabelled(world.events()), options)
    expect(scores(honest).length).toBeGreaterThan(50)
    expect(scores(lied)).toEqual(scores(honest))
  })
})

test('a world without attacks says that there is nothing to measure', () => {
  const text = asText(tell([evaluateWorld({ seed: 1, people: 3, days: 3, warmUp: 1 })]))
  expect(text).toContain('there is nothing to measure')
  expect(text).not.toMatch(/undefined|NaN/)
})

test('the other family of worlds is judged too, and named', () => {
  const options = { seed: 1, people: 60, days: 8, warmUp: 3 }
  const crews = evaluateWorld({ ...options, family: 'crews' })
  expect(crews.signIns).toBeGreaterThan(100)
  expect(crews.signIns).not.toBe(evaluateWorld(options).signIns)
  expect(asText(tell([crews]))).toContain('World: crews, seed 1')
})

test('a warm-up as long as the world is refused', () => {
  expect(() => evaluateWorld({ seed: 1, people: 5, days: 4, warmUp: 4 })).toThrow(
    'warm-up must be shorter',
  )
})

function* relabelled(events: Iterable<SimulatedEvent>): Generator<SimulatedEvent> {
  let i = 0
  for (const { event } of events) {
    yield {
      event,
      truth: i++ % 3 === 0 ? { label: 'naive', victim: 'nobody' } : { label: 'benign' },
    }
  }
}

/** Every name of a field, however deep. */
function namesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => [name, ...namesIn(inner)])
}
