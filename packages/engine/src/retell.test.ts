import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defaultPolicy } from './decide.ts'
import { judge } from './judge.ts'
import { defaultModels } from './models/shipped.ts'
import { ADD } from './population/delta.ts'
import { applyDelta, createDelta, type PopulationDelta } from './population/population.ts'
import { encodeProfile } from './profile/codec.ts'
import { copyProfile, type Profile } from './profile/profile.ts'
import { retell, type Telling } from './retell.ts'
import { call, DAY, HOUR, livedIn, MONDAY, STRANGER, signIn } from './testing/lives.ts'
import { withoutEvidence } from './testing/without-evidence.ts'
import type { Judgement } from './types.ts'

const life = livedIn(60, 20)
const { population } = life
const judges = { population, models: defaultModels, policyOf: () => defaultPolicy }
const NOON = MONDAY + 28 * DAY + 3 * HOUR

function judgeOn(profile: Profile, input: Telling['input'], delta = createDelta()): Judgement {
  return judge(input, profile, population, defaultModels, defaultPolicy, delta)
}

/** Enters the scores of a delta into the population, or (-1) takes them out again. */
function enterScores({ additions }: PopulationDelta, sign: 1 | -1): void {
  const scores: number[] = []
  for (let i = 0; i < additions.length; i += 5) {
    const [kind = -1, a = 0, b = 0, time = 0, amount = 0] = additions.slice(i, i + 5)
    if (kind === ADD.score || kind === ADD.accused) scores.push(kind, a, b, time, sign * amount)
  }
  applyDelta(population, { ...createDelta(), additions: scores })
}

function storedAs(input: Telling['input'], { verdict, learned, alert }: Judgement): Telling {
  return { input, stored: { verdict, learned, alerted: alert !== null, settled: false } }
}

/** Events of a quarter of an hour, each at a moment of its own, some of them strange, some failed. */
const quarter = fc
  .uniqueArray(fc.integer({ min: 1, max: 900_000 }), { minLength: 2, maxLength: 30 })
  .chain((times) =>
    fc.tuple(
      fc.constant(times.sort((a, b) => a - b)),
      fc.array(fc.integer({ min: 0, max: 5 }), {
        minLength: times.length,
        maxLength: times.length,
      }),
      fc.array(fc.boolean(), { minLength: times.length, maxLength: times.length }),
    ),
  )
  .map(([times, kinds, lates]) =>
    times.map((after, index) => ({
      input: event(kinds[index] ?? 0, NOON + after),
      late: lates[index] === true,
    })),
  )

function event(kind: number, time: number): Telling['input'] {
  if (kind === 0) return signIn(time, STRANGER)
  if (kind === 1) return signIn(time, { event: { status_id: 2, status_detail: 'wrong_password' } })
  if (kind === 2) return call(time, 'DeleteBucket', { event: { activity_id: 4 } })
  if (kind === 3) return call(time, `Describe${time % 7}`)
  return signIn(time)
}

function hex(profile: Profile): string {
  return Buffer.from(encodeProfile(withoutEvidence(profile))).toString('hex')
}

describe('a story told again', () => {
  test('with late events in it leaves the profile, to the byte, and the decisions that the order would have', () => {
    fc.assert(
      fc.property(quarter, (events) => {
        const base = copyProfile(life.profile())
        const ordered = copyProfile(base)
        // what was stored before the first late event has its part in what is usual
        const first = events.findIndex(({ late }) => late)
        const before = createDelta()
        const expected = events.map(({ input }, index) => {
          if (index === first) enterScores(before, 1)
          return judgeOn(ordered, input, index < first ? before : createDelta())
        })
        if (first >= 0) enterScores(before, -1)

        const soon = copyProfile(base)
        const taught = createDelta()
        const stored = new Map(
          events
            .filter(({ late }) => !late)
            .map(({ input }) => [input, storedAs(input, judgeOn(soon, input, taught))]),
        )
        const story = events.map(({ input }) => stored.get(input) ?? { input, stored: null })
        enterScores(taught, 1)
        const retold = retell(base, soon, story, judges, createDelta())
        enterScores(taught, -1)
        const weights = story.map(
          (telling, index) => retold.judgements[index]?.learned ?? telling.stored?.learned,
        )
        // a score that lies on a step of the gate may fall to either side of it: one story in hundreds
        fc.pre(weights.every((weight, index) => weight === expected[index]?.learned))
        expect(hex(retold.profile)).toBe(hex(ordered))
        story.forEach((telling, index) => {
          const given = retold.judgements[index]?.verdict ?? telling.stored?.verdict
          const wanted = expected[index]?.verdict
          expect(given?.decision).toBe(wanted?.decision)
        })
      }),
      { numRuns: 150, seed: 1 },
    )
  })

  test('without anything new changes nothing, and leaves the population as it was', () => {
    const base = copyProfile(life.profile())
    const now = copyProfile(base)
    const story = [1, 2, 3].map((minute) => {
      const input = signIn(NOON + minute * 60_000)
      return storedAs(input, judgeOn(now, input))
    })
    const delta = createDelta()
    const scores = population.scores.slice()
    const retold = retell(base, now, story, judges, delta)
    expect(Buffer.from(encodeProfile(retold.profile))).toEqual(Buffer.from(encodeProfile(now)))
    expect(retold.judgements).toEqual([null, null, null])
    expect(delta.additions).toEqual([])
    expect(population.scores).toEqual(scores)
  })

  test('judges anew what more is known of by now, what follows from it, and nothing else', () => {
    const base = copyProfile(life.profile())
    const now = copyProfile(base)
    const taught = createDelta()
    const told = [1, 2, 3].map((minute) => {
      const input = signIn(NOON + minute * 60_000, minute === 2 ? STRANGER : {})
      return storedAs(input, judgeOn(now, input, taught))
    })
    const [first, second, third] = told
    const [ordinary, strange] = told.map(({ stored }) => stored)
    if (!first || !second || !third || !ordinary || !strange) throw new Error('nothing is stored')
    // it was taken for an ordinary one when it came
    const { score, risk, decision } = ordinary.verdict
    const verdict = { ...strange.verdict, score, risk, decision, reasons: [] }
    const taken = { ...second, stored: { ...strange, verdict } }
    const story = [first, taken, third]
    enterScores(taught, 1)
    const untouched = retell(base, now, story, judges, createDelta())
    expect(untouched.judgements).toEqual([null, null, null])
    const { judgements } = retell(base, now, story, judges, createDelta(), (input) => {
      return input.event.time === taken.input.event.time
    })
    enterScores(taught, -1)
    expect(judgements[0]).toBeNull()
    expect(judgements[1]?.verdict.risk).toBeGreaterThan(risk + 5)
  })

  test('keeps what a person has judged, and what a late event was coded', () => {
    const base = copyProfile(life.profile())
    const now = copyProfile(base)
    const strange = signIn(NOON + 60_000, STRANGER)
    const judged = storedAs(strange, judgeOn(now, strange))
    const settled: Telling = {
      input: strange,
      stored: judged.stored && { ...judged.stored, learned: 1, settled: true },
    }
    const late: Telling = { input: signIn(NOON, STRANGER), stored: null }
    const retold = retell(base, now, [late, settled], judges, createDelta())
    expect(retold.judgements[0]).not.toBeNull()
    expect(retold.judgements[1]).toBeNull()
  })
})
