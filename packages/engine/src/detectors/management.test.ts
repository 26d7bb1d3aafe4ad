import { expect, test } from 'vitest'
import { assess, createAssessment } from '../assess.ts'
import { indexOf } from '../features/catalogue.ts'
import { defaultModels } from '../models/shipped.ts'
import { createLife, DAY, type Difference, MONDAY, signIn } from '../testing/lives.ts'

const MANAGEMENT = indexOf('management')

const on = (is_managed: boolean | undefined, uid = 'laptop'): Difference => ({
  event: { device: { uid, ...(is_managed === undefined ? {} : { is_managed }) } },
})
const others = ['user:ben@example.com', 'user:cy@example.com', 'user:di@example.com']

/** What it weighs that a session goes on, after three weeks of mornings on managed devices and what `between` lets happen. */
function sessionOn(
  but: Difference,
  between: (life: ReturnType<typeof createLife>) => void = () => {},
) {
  const life = createLife()
  for (let day = 0; day < 21; day++) life.live(signIn(MONDAY + day * DAY, on(true)))
  between(life)
  const out = createAssessment()
  const event = { ...but.event, auth: { stage: 'session' as const, is_mfa: null } }
  assess(signIn(MONDAY + 22 * DAY, { event }), life.profile(), life.population, defaultModels, out)
  return {
    points: out.points[indexOf('unvouched')] ?? 0,
    device: out.points[indexOf('device')] ?? 0,
  }
}

/** An organisation whose people signed in for three weeks, on managed devices or not. */
function organisation(is_managed: boolean | undefined) {
  const life = createLife()
  for (let day = 0; day < 21; day++)
    for (const [i, key] of ['user:ada@example.com', ...others].entries())
      life.live(signIn(MONDAY + day * DAY + i * 60_000, { ...on(is_managed), entity: { key } }))
  const out = createAssessment()
  const judge = (but: Difference) => {
    const input = signIn(MONDAY + 21 * DAY, but)
    assess(input, life.profile(), life.population, defaultModels, out)
    return { points: out.points[MANAGEMENT] ?? 0, score: out.score, learn: () => life.live(input) }
  }
  return judge
}

test('a device that nobody manages speaks against whoever always comes on a managed one', () => {
  expect(organisation(true)(on(false)).points).toBeGreaterThan(2)
  expect(organisation(true)(on(undefined)).points).toBeGreaterThan(2)
})

test('a new device clears much where the employer manages it', () => {
  const fresh = organisation(true)(on(true, 'replacement'))
  const foreign = organisation(true)(on(false, 'replacement'))
  expect(fresh.points).toBeLessThan(-2)
  expect(foreign.score - fresh.score).toBeGreaterThan(4)
})

test('where no source says whether devices are managed it counts for nothing', () => {
  expect(organisation(undefined)(on(undefined, 'another')).points).toBe(0)
})

test('few sign-ins without a managed device hardly change what is usual', () => {
  const judge = organisation(true)
  const first = judge(on(false, 'thief'))
  first.learn()
  expect(judge(on(false, 'thief')).points).toBeGreaterThan(first.points - 1)
})

test("a session that goes on without its device's management is strange however familiar the device", () => {
  const stolen = sessionOn(on(false))
  expect(stolen.device).toBeLessThan(0)
  expect(stolen.points).toBeGreaterThan(5 - stolen.device)
})

test('a session that goes on as before, or on a device that never showed management, says nothing', () => {
  expect(sessionOn(on(true)).points).toBe(0)
  expect(sessionOn(on(false, 'own-phone')).points).toBe(0)
  const phone = (life: ReturnType<typeof createLife>) => {
    for (let day = 0; day < 5; day++)
      life.live(signIn(MONDAY + (14 + day) * DAY + 3_600_000, on(false, 'own-phone')))
  }
  expect(sessionOn(on(false, 'own-phone'), phone).points).toBe(0)
})

test('who signs in anew without management has given it up: sessions after that say nothing', () => {
  const lapsed = sessionOn(on(false), (life) => life.live(signIn(MONDAY + 21 * DAY, on(false))))
  expect(lapsed.points).toBe(0)
})
