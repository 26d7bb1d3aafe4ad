// npm run bench -- lab: how long it takes to fit every model of the lab as `gatewatch train` does, on 100,000 sign-ins (the LSTM
// on 100,000 actions, the random forest on 200 verdicts about the strangest of those sign-ins), and how long an answer of each takes.
// Beside the clock stands the processor time of all threads, which other programs do not change as much.
import { availableParallelism } from 'node:os'
import type { Member } from '../packages/engine/src/index.ts'
import { MODEL_CARDS } from '../packages/engine/src/lab/index.ts'
import { createProgress } from '../packages/server/src/cli/progress.ts'
import { tableOfWorld } from '../packages/server/src/evaluate/lab/build-table.ts'
import type { Action, LabTable, TableRow } from '../packages/server/src/evaluate/lab/table.ts'
import { trainAll } from '../packages/server/src/evaluate/lab/train.ts'

const ASKED = 100_000
const ANSWERS = 1_000
const SIZE = { family: 'offices', people: 500, days: 60 } as const

const progress = createProgress(process.stderr)
const rows: TableRow[] = []
const actions: Action[] = []
for (let seed = 1; rows.length < ASKED || actions.length < ASKED; seed++) {
  const table = tableOfWorld({ ...SIZE, seed })
  const seen = table.rows.filter(({ vector }) => vector !== null)
  rows.push(...seen.slice(0, ASKED - rows.length))
  actions.push(...table.actions.slice(0, ASKED - actions.length))
}
const to = Number.MAX_SAFE_INTEGER
const table: LabTable = {
  title: `${rows.length} sign-ins`,
  rows,
  actions,
  events: rows.length,
  windows: [0, to, to, to],
}
const before = process.cpuUsage()
const trained = await trainAll(table, {
  seed: 1,
  from: 'everything',
  hasLabels: true,
  verdicts: 200,
  progress: (share) => progress.bar('Training', share, 1),
})
const { models, left, seconds: whole } = trained
const { user, system } = process.cpuUsage(before)
const processor = (user + system) / 1e6
for (const { name, samples, seconds, member } of models) {
  const answer = member === null ? '' : `; ${microseconds(member).toFixed(1)} us an answer`
  console.log(`${MODEL_CARDS[name].title}: ${seconds.toFixed(1)} s, on ${samples}${answer}`)
}
console.log(
  `all: ${whole.toFixed(1)} s, at most ${availableParallelism()} at once; ${processor.toFixed(1)} s of processor time`,
)
for (const [name, why] of left) throw new Error(`${name} was not fitted: ${why}`)

/** Of one answer, after as many to get warm: the median of ten runs. */
function microseconds({ points }: Member): number {
  const vectors = rows.slice(0, ANSWERS).flatMap(({ vector }) => vector ?? [])
  const runs = Array.from({ length: 11 }, () => {
    const begun = performance.now()
    for (const vector of vectors) points(vector)
    return ((performance.now() - begun) * 1000) / vectors.length
  })
  return runs.slice(1).sort((a, b) => a - b)[5] ?? Number.NaN
}
