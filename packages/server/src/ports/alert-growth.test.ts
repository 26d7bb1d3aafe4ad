import fc from 'fast-check'
import { expect, test } from 'vitest'
import { grownAlert, joinedBy, newAlert, strangestSoFar } from './alert-growth.ts'
import { NOON, sampleJudged } from './samples.contract.ts'

const HOUR = 3_600_000

/** Where alerts stand: each with the event that it shows, and whether that one has a case. */
interface Standing {
  alert: ReturnType<typeof newAlert>
  hasCase: boolean
}

test('whatever is open, of events in the order of time every alert shows one that has a case', () => {
  const times = fc.array(fc.tuple(fc.integer({ max: 90, min: 0 }), fc.integer({ max: 5, min: 1 })))
  fc.assert(
    fc.property(times, times, (before, batch) => {
      const open: Standing[] = []
      const raise = ([hours, risk]: readonly [number, number], n: number, hasCase: boolean) => {
        const judged = sampleJudged({ uid: `${n}`, group: 'g', risk, time: NOON + hours * HOUR })
        const joined = joinedBy(open, ({ alert }) => alert, judged.arriving.event.time)
        if (joined === undefined) {
          open.push({ alert: newAlert(judged, false), hasCase })
          return
        }
        if (risk > joined.alert.risk) joined.hasCase = hasCase
        joined.alert = grownAlert(joined.alert, judged)
      }
      for (const [n, one] of before.entries()) raise(one, n, true)
      const isShown = strangestSoFar()
      const { alert: draft } = sampleJudged({ uid: 'draft', group: 'g' })
      if (draft === null) throw new Error('a sample of a group raises an alert')
      for (const [n, one] of batch.toSorted(([a], [b]) => a - b).entries()) {
        raise(one, before.length + n, isShown(draft, one[1], NOON + one[0] * HOUR))
      }
      expect(open.every(({ hasCase }) => hasCase)).toBe(true)
    }),
    { numRuns: 2_000 },
  )
})
