import { describe, expect, test } from 'vitest'
import { indexOf } from '../features/catalogue.ts'
import { type JudgedSample, LABEL, noSamples, packVector } from '../population/samples.ts'
import { fitMembers } from './fit-members.ts'
import { seededRandom } from './random.ts'
import { VECTOR } from './vector.ts'

const AT = (name: string) => VECTOR.findIndex((one) => one.name === name)
const [NETWORK, DEVICE] = [AT('network_class'), AT('device')]

/** Sign-ins that surprise by network and device; `kind` changes the vector. */
function vectors(count: number, seed: number, kind: (vector: Float64Array) => void = () => {}) {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () => {
    const vector = Float64Array.from(VECTOR, () => random())
    kind(vector)
    return packVector(vector)
  })
}

/** What a score weighs at nothing, and where more surprise means less danger: what trees on top of it may not say. */
const harmless = (vector: Float64Array) => {
  vector[NETWORK] = 4
  vector[DEVICE] = 3
}
const hostile = (vector: Float64Array) => {
  vector[NETWORK] = 0
  vector[DEVICE] = 3
}

/** As many verdicts of each kind, by turns. `isTold` decides whether they fit what the sign-ins were. */
function verdicts(each: number, isTold: (n: number) => boolean): JudgedSample[] {
  const random = seededRandom(8)
  const [attacks, others] = [vectors(each, 3, hostile), vectors(each, 4, harmless)]
  return Array.from({ length: 2 * each }, (_, n) => {
    const isAttack = n % 2 === 0
    const vector = (isAttack ? attacks : others)[n >> 1] ?? new Int8Array()
    const label = isAttack === isTold(n) ? LABEL.compromised : LABEL.safe
    return { time: n, identity: n, vector, label, score: 6 + random(), settled: 1000 + n }
  })
}

const ordinary = vectors(700, 1).map((vector, n) => ({ time: n, identity: n % 50, vector }))
function fit(judged: readonly JudgedSample[]) {
  const samples = { ...noSamples(), ordinary, judged: [...judged] }
  const left: string[] = []
  const members = fitMembers({ samples, rehearsals: [] }, 7, ['random_forest'], (name, why) =>
    left.push(`${name}: ${why}`),
  )
  return { forest: members.find(({ term }) => term === indexOf('random_forest')), left }
}
const right = () => true

describe('a forest on people’s verdicts', () => {
  test('waits for enough verdicts of each kind, among the newest too', () => {
    const few = fit(verdicts(19, right))
    expect(few.forest).toBeUndefined()
    expect(few.left).toEqual([
      'random_forest: it waits for 20 verdicts of each kind; 19 compromised and 19 safe are kept',
    ])
    const settledByKind = verdicts(40, right).map((one) => ({ ...one, settled: one.label }))
    expect(fit(settledByKind).left[0]).toContain('among the newest quarter')
  })

  test('is a member where it parts later attacks from the rest as score and trees do not', () => {
    const { forest, left } = fit(verdicts(60, right))
    expect(left).toEqual([])
    const points = (kind: typeof hostile) => {
      const vector = new Float64Array(VECTOR.length).fill(0.5)
      kind(vector)
      return forest?.points(vector) ?? Number.NaN
    }
    expect(points(hostile)).toBeGreaterThan(points(harmless) + 0.1)
  })

  test('is none where verdicts are given by lot, and says what it added', () => {
    const random = seededRandom(5)
    const { forest, left } = fit(verdicts(60, () => random() < 0.5))
    expect(forest).toBeUndefined()
    expect(left[0]).toMatch(/adds nothing that can be told from chance on the newest 30 verdicts/)
  })

  test('does not learn from what people dismissed', () => {
    const judged = verdicts(60, right)
    const dismissed = judged.map((one) => ({ ...one, label: LABEL.none, settled: 9_000 }))
    expect(fit([...judged, ...dismissed]).left[0]).toContain('0 compromised and 0 safe are kept')
  })
})
