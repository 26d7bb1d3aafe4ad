import { rank, recallAt } from '@gatewatch/engine/lab'
import { countBy } from './rows.ts'
import type { JudgedTruth, Observer } from './trial.ts'

/** The ensemble's recall of takeovers and insiders by what they did, counted in days of an identity. */
export interface ActivitySection {
  readonly days: number
  readonly byType: Readonly<Record<string, readonly number[]>>
  readonly counts: Readonly<Record<string, number>>
}

interface ActivityDay {
  /** Of the strangest moment. */
  score: number
  truth: JudgedTruth
}

const DAY = 86_400_000

/** Watches cloud and account activity: one row for each identity and UTC day. */
export function watchActivity(rates: readonly number[]): Observer<ActivitySection> {
  const days = new Map<string, ActivityDay>()
  return {
    see({ input: { event, entity }, assessment: { score }, truth, counts }) {
      if (!counts || event.class_uid === 3002) return
      const key = `${entity.key} ${Math.floor(event.time / DAY)}`
      const known = days.get(key)
      if (known === undefined) {
        days.set(key, { score, truth })
        return
      }
      known.score = Math.max(known.score, score)
      if (truth.label !== 'benign') known.truth = truth
    },
    finish() {
      const rows = [...days.values()]
      const hostile = rows.filter(({ truth }) => truth.label !== 'benign')
      const benign = rows.filter(({ truth }) => truth.label === 'benign')
      const counts = countBy(hostile, ({ truth }) => truth.label)
      const byType = Object.fromEntries(
        Object.keys(counts).map((type) => {
          const those = [...benign, ...hostile.filter(({ truth }) => truth.label === type)]
          const ranking = rank(
            those.map(({ score }) => score),
            those.map(({ truth }) => (truth.label === type ? 1 : 0)),
          )
          return [type, rates.map((rate) => recallAt(ranking, rate))]
        }),
      )
      return { days: rows.length, byType, counts }
    },
  }
}
