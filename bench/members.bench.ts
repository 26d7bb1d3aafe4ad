// npm run bench -- members: what members of the ensemble add, and what people's verdicts add. Small worlds of both families.
// `npm run bench -- members forest`: only what a random forest from 200 verdicts adds.
// Verdicts are given to sign-ins that were alerted or stopped, in order, until there are 200 of them; what comes after is judged.
import {
  applyDelta,
  assess,
  catalogue,
  createAssessment,
  createDelta,
  createPopulation,
  createProfile,
  decide,
  defaultModels,
  defaultPolicy,
  learn,
  type Member,
  noteVerdict,
  type Population,
  type Profile,
  refitMembers,
  rehearse,
} from '../packages/engine/src/index.ts'
import { fitRandomForestMember, rank, recallAt } from '../packages/engine/src/lab/index.ts'
import { judgedOf, targetsOf } from '../packages/engine/src/models/fit-feedback.ts'
import { fitForest } from '../packages/engine/src/models/fit-forest.ts'
import { seededRandom } from '../packages/engine/src/models/random.ts'
import { newestSamples, unpackVector } from '../packages/engine/src/population/samples.ts'
import { worldLookups } from '../packages/server/src/evaluate/lookups.ts'
import { kindOf } from '../packages/server/src/evaluate/rows.ts'
import { enrich } from '../packages/server/src/pipeline/enrich.ts'
import { createWorld, type Family } from '../packages/simulator/src/index.ts'

const START = Date.UTC(2025, 0, 6)
const DAY = 86_400_000
const WORLD = { people: 700, days: 70, warmUp: 20 }
const LABELS = 200
const REFIT_EVERY = 5_000
const WEIGHTS = [0, 0.05, 0.1, 0.15, 0.3]
const FALSE_POSITIVES = [0.01, 0.003, 0.001]

const [forestAt = -1, autoencoderAt = -1, feedbackAt = -1] = [
  'isolation_forest',
  'autoencoder',
  'feedback',
].map((name) => catalogue.findIndex((one) => one.name === name))

interface Row {
  readonly base: number
  readonly forest: number
  readonly autoencoder: number
  readonly feedback: number
  /** What a random forest from all verdicts says, nats at a weight of 1. */
  readonly randomForest: number
  readonly isAttack: boolean
  readonly victim: string
  readonly labelled: boolean
}

/** One world played through, with so many of its verdicts wrong (0 to 1). */
function play(family: Family, seed: number, wrong: number, labels: number): Row[] {
  const world = createWorld({ family, seed, people: WORLD.people, days: WORLD.days, start: START })
  const lookups = worldLookups(world)
  const population = createPopulation(new Uint8Array(16).fill(seed))
  const profiles = new Map<string, Profile>()
  const out = createAssessment()
  const random = seededRandom(seed)
  const rows: Row[] = []
  let models = defaultModels
  let events = 0
  let given = 0
  let due = false
  let randomForest: Member | null = null
  for (const { event, truth } of world.events()) {
    const input = enrich(event, lookups)
    const { key } = input.entity
    const profile = profiles.get(key) ?? createProfile()
    profiles.set(key, profile)
    assess(input, profile, population, models, out)
    decide(input, out, defaultPolicy)
    const isAttack = truth.label !== 'benign'
    const counted = event.time >= START + WORLD.warmUp * DAY
    const isJudged = kindOf(truth.label) !== 'activity'
    if (counted && isJudged && [0, 6, 14].includes(out.histogram)) {
      const member = (at: number) => out.points[at] ?? 0
      rows.push({
        base: out.score - member(forestAt) - member(autoencoderAt) - member(feedbackAt),
        forest: out.raw[forestAt] ?? 0,
        autoencoder: out.raw[autoencoderAt] ?? 0,
        feedback: member(feedbackAt),
        randomForest: randomForest?.points(out.vector) ?? 0,
        isAttack,
        victim: truth.victim ?? key,
        labelled: given >= labels,
      })
    }
    const delta = createDelta()
    rehearse(input, out, profile, population, delta)
    learn(input, out, profile, delta)
    applyDelta(population, delta)
    if (delta.samples.strange.length > 0 && given < labels) {
      const said = random() < wrong ? !isAttack : isAttack
      const verdict = createDelta()
      noteVerdict(key, event.time, said ? 'compromised' : 'safe', event.time, population, verdict)
      applyDelta(population, verdict)
      given++
      due = given === labels
    }
    events++
    if (events % REFIT_EVERY === 0 || due) models = refitMembers(population, models, events)
    if (due && labels === LABELS) randomForest = forestOn(population)
    due = false
  }
  return rows
}

/** A random forest from the verdicts given so far, and what production would make of it. */
function forestOn(population: Population): Member | null {
  const samples = newestSamples(population.samples)
  const judged = judgedOf(samples)
  const ordinary = samples.ordinary.map(({ vector }) => unpackVector(vector))
  const targets = targetsOf(judged)
  const made = fitForest(judged, ordinary, 1)
  console.log(
    `  ${judged.length} verdicts, ${targets.filter((one) => one === 1).length} of attacks; in production: ${typeof made === 'string' ? made : 'it would judge'}`,
  )
  const vectors = judged.map(({ vector }) => unpackVector(vector))
  return fitRandomForestMember({ vectors, targets }, ordinary, 1)
}

function recall(rows: readonly Row[], score: (row: Row) => number): readonly number[] {
  const ranking = rank(
    Float64Array.from(rows, score),
    Uint8Array.from(rows, (r) => (r.isAttack ? 1 : 0)),
  )
  return FALSE_POSITIVES.map((rate) => recallAt(ranking, rate))
}

const percent = (values: readonly number[]) =>
  values.map((one) => (100 * one).toFixed(1)).join(' / ')

/** 95 % interval of a difference of recall, from resampling victims and identities. */
function interval(
  rows: readonly Row[],
  one: (row: Row) => number,
  other: (row: Row) => number,
): string {
  const groups = Map.groupBy(rows, ({ victim }) => victim)
  const keys = [...groups.keys()]
  const random = seededRandom(1)
  const differences = Array.from({ length: 200 }, () => {
    const drawn = keys.flatMap(
      () => groups.get(keys[Math.floor(random() * keys.length)] ?? '') ?? [],
    )
    const [a, b] = [recall(drawn, one), recall(drawn, other)]
    return a.map((value, i) => value - (b[i] ?? 0))
  })
  return FALSE_POSITIVES.map((_, i) => {
    const sorted = differences.map((some) => some[i] ?? 0).sort((a, b) => a - b)
    const at = (q: number) => (100 * (sorted[Math.floor(q * (sorted.length - 1))] ?? 0)).toFixed(1)
    return `${at(0.025)} to ${at(0.975)}`
  }).join(', ')
}

/** What the forest adds to the score with and without boosted trees on the same verdicts. */
function tellForest(rows: readonly Row[]): void {
  const after = rows.filter((r) => r.labelled)
  const shipped = (r: Row) => r.base + 0.05 * r.forest + 0.05 * r.autoencoder
  console.log(
    `  ${after.length} sign-ins after the verdicts with ${after.filter((r) => r.isAttack).length} attacks; forest alone ${percent(recall(after, (r) => r.randomForest))}`,
  )
  for (const [name, before] of [
    ['score', shipped],
    ['score and boosted trees', (r: Row) => shipped(r) + r.feedback],
  ] as const) {
    for (const weight of [0.1, 0.2, 0.4, 0.8]) {
      const beside = (r: Row) => before(r) + weight * r.randomForest
      console.log(
        `  ${name} ${percent(recall(after, before))}, with the forest at ${weight}: ${percent(recall(after, beside))}; difference ${interval(after, beside, before)}`,
      )
    }
  }
}

const asked = process.argv.slice(2).filter((one) => /:/.test(one))
const worlds = asked.length > 0 ? asked : ['offices:1', 'offices:2', 'crews:1', 'crews:2']
for (const one of worlds) {
  const [family, number] = one.split(':') as [Family, string]
  const rows = play(family, Number(number), 0, LABELS)
  const attacks = rows.filter(({ isAttack }) => isAttack).length
  console.log(`\n${one}: ${rows.length} sign-ins, ${attacks} attacks; recall % at 1 / 0.3 / 0.1 %`)
  if (process.argv.includes('forest')) {
    tellForest(rows)
    continue
  }
  for (const weight of WEIGHTS) {
    console.log(
      `  weight ${weight}: forest ${percent(recall(rows, (r) => r.base + weight * r.forest))}; autoencoder ${percent(recall(rows, (r) => r.base + weight * r.autoencoder))}`,
    )
  }
  console.log(
    `  alone: forest ${percent(recall(rows, (r) => r.forest))}; autoencoder ${percent(recall(rows, (r) => r.autoencoder))}`,
  )
  const shipped = (r: Row) => r.base + 0.05 * r.forest + 0.05 * r.autoencoder
  const withFeedback = (r: Row) => shipped(r) + r.feedback
  for (const [name, wrong, labels] of [
    ['200 right', 0, 200],
    ['20 right', 0, 20],
    ['20 wrong', 1, 20],
  ] as const) {
    const after = (labels === 200 ? rows : play(family, Number(number), wrong, labels)).filter(
      (r) => r.labelled,
    )
    console.log(
      `  ${name} verdicts, ${after.length} sign-ins after them with ${after.filter((r) => r.isAttack).length} attacks: ${percent(recall(after, shipped))} -> ${percent(recall(after, withFeedback))}; difference ${interval(after, withFeedback, shipped)}`,
    )
  }
}
