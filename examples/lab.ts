// The model lab as a library, without a server: plays a made-up organisation through the engine, keeps the numbers that models read,
// fits every model on the first days and says how well each tells the attacks of the last ones. Run it in this clone (Node 24):
//   npx node examples/lab.ts
import {
  type Assessment,
  applyDelta,
  assess,
  createAssessment,
  createDelta,
  createPopulation,
  createProfile,
  decide,
  defaultModels,
  defaultPolicy,
  type EnrichedEvent,
  learn,
  type Profile,
} from '@gatewatch/engine'
import {
  decodeMember,
  fitLstm,
  fitRandomForestMember,
  fitUnlabelled,
  lossOf,
  MODEL_CARDS,
  rank,
  recallAt,
  rocAuc,
  UNLABELLED,
} from '@gatewatch/engine/lab'
import { createWorld, type SimulatedEvent, type World } from '@gatewatch/simulator'

const SEED = 1
const DAY = 86_400_000
const START = Date.UTC(2025, 0, 6)
const DAYS = 30

/** A sign-in as models see it. */
interface Row {
  readonly time: number
  readonly isAttack: number
  /** What Gatewatch itself said, nats. */
  readonly score: number
  readonly vector: Float64Array
}

const world = createWorld({ seed: SEED, people: 80, days: DAYS, start: START, attacks: 3 })
const { rows, sequences, names } = play(world)
const until = START + 0.6 * DAYS * DAY
const early = rows.filter(({ time }) => time < until)
const late = rows.filter(({ time }) => time >= until)
const isAttack = late.map((row) => row.isAttack)
const half = (which: number) => early.filter((_, i) => i % 2 === which).map(({ vector }) => vector)
console.log(`${early.length} sign-ins to learn from, ${late.length} to judge`)
tell(
  'ensemble, as shipped',
  late.map(({ score }) => score),
)

// without labels: half of the sign-ins fit a model, the other half say what is usual
for (const name of UNLABELLED) {
  const bytes = fitUnlabelled(name, half(0), half(1), SEED).encode()
  const member = decodeMember(bytes)
  tell(
    `${MODEL_CARDS[name].title} (${bytes.length} bytes)`,
    late.map(({ vector }) => member.points(vector)),
  )
}

// from what people said of the two hundred strangest, beside the others
const strangest = early.toSorted((a, b) => b.score - a.score)
const judged = strangest.slice(0, 200)
const forest = fitRandomForestMember(
  { vectors: judged.map(({ vector }) => vector), targets: judged.map((row) => row.isAttack) },
  strangest.slice(200).map(({ vector }) => vector),
  SEED,
)
if (forest !== null)
  tell(
    MODEL_CARDS.random_forest.title,
    late.map(({ vector }) => forest.points(vector)),
  )

// what comes after what, in everything that identities did day by day
const { model } = fitLstm(sequences, names.length, SEED)
console.log(
  `${MODEL_CARDS.lstm.title}: ${lossOf(model, sequences).toFixed(2)} nats a token, ${Math.log(names.length - 1).toFixed(2)} without knowing anything`,
)

function tell(name: string, scores: readonly number[]): void {
  const ranking = rank(scores, isAttack)
  const found = (100 * recallAt(ranking, 0.01)).toFixed(1)
  console.log(`${name}: AUC ${rocAuc(ranking).toFixed(3)}, ${found} % found at 1 % false positives`)
}

/** Every event is judged, then learned from. Labels stand beside, for what is measured later. */
function play(from: World) {
  const population = createPopulation(new Uint8Array(16).fill(SEED))
  const profiles = new Map<string, Profile>()
  const assessment: Assessment = createAssessment()
  const done: Row[] = []
  const tokens = new Map([['', 0]])
  const days = new Map<string, number[]>()
  for (const one of from.events()) {
    const input = enriched(one, from)
    const { time } = one.event
    const profile = profiles.get(input.entity.key) ?? createProfile()
    profiles.set(input.entity.key, profile)
    assess(input, profile, population, defaultModels, assessment)
    decide(input, assessment, defaultPolicy)
    const { vector, score } = assessment
    if (!vector.every(Number.isNaN)) {
      const truth = one.truth.label === 'benign' ? 0 : 1
      done.push({ time, isAttack: truth, score, vector: vector.slice() })
    }
    const delta = createDelta()
    learn(input, assessment, profile, delta)
    applyDelta(population, delta)
    const name = one.event.api?.operation ?? 'sign-in'
    const token = tokens.get(name) ?? tokens.size
    tokens.set(name, token)
    const day = `${input.entity.key} ${Math.floor(time / DAY)}`
    days.set(day, [...(days.get(day) ?? []), token])
  }
  const sequences = [...days.values()].map((those) => Uint16Array.from(those))
  return { rows: done, sequences, names: [...tokens.keys()] }
}

/** An event with whose it is and what an address database says of where it came from. */
function enriched({ event }: SimulatedEvent, { placeOf }: World): EnrichedEvent {
  const { ip = '' } = event.src
  const found = placeOf(ip)
  const name = event.actor.email_addr ?? event.actor.uid ?? 'somebody'
  return {
    event,
    entity: { key: `user:${name.toLowerCase()}`, name, class: 'human' },
    context: {
      client: { kind: 'unknown' },
      missing: [],
      ...(found === null
        ? {}
        : {
            place: found.place,
            network: {
              prefix: ip.replace(/\.\d+$/, '.0/24'),
              asn: found.asn,
              class: found.class,
            },
          }),
    },
  }
}
