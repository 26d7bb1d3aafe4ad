import {
  type Assessment,
  catalogue,
  defaultModels,
  type EnrichedEvent,
  type Population,
  refitHeadInSteps,
} from '@gatewatch/engine'
import {
  createFreeman,
  type FreemanAttempt,
  fitIsolationForest,
  type IsolationForest,
  isolationScore,
  STRANGER,
} from '@gatewatch/engine/lab'
import { engineeredFeatures } from './engineered.ts'
import { createOracle } from './oracle.ts'
import type { JudgedTruth } from './trial.ts'

/** A way of scoring successful sign-ins that takes part in the comparison. */
export interface Contender {
  readonly name: string
  /** Trained without this type of attack: not compared with the others, only told beside the one of this name. */
  readonly leftOut?: { readonly type: string; readonly trained: string }
  /** Higher is stranger. Called once for each successful sign-in, in order, before `learn` for the same one. */
  score(input: EnrichedEvent, assessment: Assessment): number
  learn?(input: EnrichedEvent, assessment: Assessment): void
  /** What the last scored sign-in really was. Only the oracle listens: it shows what labels would be worth. */
  teach?(truth: JudgedTruth): void
}

/** The column that is Gatewatch as it ships; what the others are compared with. */
const ENSEMBLE = 'gatewatch'

/** The column that was told the truth. */
const ORACLE = 'oracle with labels'

/** Terms that are made of others. */
const MADE = new Set(
  [...catalogue.entries()].flatMap(([i, { name, group }]) =>
    group === 'ensemble' || name.endsWith('together') ? [i] : [],
  ),
)
const REFIT_EVERY = 5_000
const RESERVOIR = 4_096

/** Types of attack that rehearsals play, by kind of rehearsal. */
const REHEARSED_TYPES: readonly (readonly [type: string, kind: number])[] = [
  ['naive', STRANGER.anywhere],
  ['vpn', STRANGER.sameCountry],
  ['targeted', STRANGER.sameCountryAndClient],
]

const FITTED = 'fitted head'

/** Weights of heads refitted, without labels, on what the organisation showed so far; one for each type left out of the rehearsals. */
export interface FittedHeads {
  readonly whole: Float64Array
  readonly without: Readonly<Record<string, Float64Array>>
}

/** Refits every head that is compared. `version` names the result. */
export function refitHeads(population: Population, version: number): FittedHeads {
  return {
    whole: refittedHead(population, version),
    without: Object.fromEntries(
      REHEARSED_TYPES.map(([type, kind]) => [
        type,
        refittedHead(unrehearsed(population, kind), version),
      ]),
    ),
  }
}

function refittedHead(population: Population, version: number): Float64Array {
  const steps = refitHeadInSteps(population, defaultModels, version, version)
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value.head
  }
}

function unrehearsed(population: Population, kind: number): Population {
  const rehearsals = population.rehearsals.map((one) =>
    one.kind === kind ? { ...one, strange: new Int8Array(0) } : one,
  )
  return { ...population, rehearsals }
}

/**
 * Everything that is compared in one run. The ensemble, Gatewatch as it is shipped, comes first; then the same with the head
 * that `fitted` gives. `types` are kinds of attack to leave out of the oracle's training, one after the other.
 */
export function contenders(
  seed: number,
  types: readonly string[],
  fitted: () => FittedHeads | null,
): readonly Contender[] {
  return [
    { name: ENSEMBLE, score: (_, assessment) => assessment.score },
    { name: FITTED, score: (_, assessment) => underHead(assessment, fitted()?.whole) },
    { name: 'raw surprise', score: (_, { raw }) => rawSurprise(raw) },
    { name: 'rules', score: (_, assessment) => plainRules(assessment) },
    isolationForest(seed),
    ...freeman(),
    createOracle(ORACLE, seed),
    ...REHEARSED_TYPES.map(([type]) => ({
      name: `${FITTED} without ${type}`,
      leftOut: { type, trained: FITTED },
      score: (_: EnrichedEvent, assessment: Assessment) =>
        underHead(assessment, fitted()?.without[type]),
    })),
    ...types.map((type) => ({
      ...createOracle(`${ORACLE} without ${type}`, seed, type),
      leftOut: { type, trained: ORACLE },
    })),
  ]
}

function underHead({ score, points, raw }: Assessment, head = defaultModels.head): number {
  return points.reduce((sum, one, i) => sum - one + (raw[i] ?? 0) * (head[i] ?? 0), score)
}

/** Sum of every term before any weight, without joint patterns and members, which are made of others. */
function rawSurprise(raw: Float64Array): number {
  return raw.reduce((sum, one, i) => (MADE.has(i) ? sum : sum + one), 0)
}

/** The shipped rules, and the plain ones that rule sets begin with: a new country, network or device, a failing address. */
function plainRules({ findings, signals }: Assessment): number {
  const named = findings.reduce((sum, one) => sum + one.points, 0)
  const newness = [signals.newCountry, signals.newAsn, signals.newDevice].filter(Boolean).length
  const failing = signals.prefixFailures > 5 && signals.prefixFailures > signals.prefixSuccesses
  return named + newness + (failing ? 1 : 0)
}

/** A forest over engineered features, grown anew on the last few thousand sign-ins at every 5,000th. */
function isolationForest(seed: number): Contender {
  const recent: Float64Array[] = []
  let seen = 0
  let forest: IsolationForest | null = null
  return {
    name: 'isolation forest',
    score: (_, { signals }) =>
      forest === null ? Number.NaN : isolationScore(forest, engineeredFeatures(signals)),
    learn(_, { signals }) {
      recent[seen % RESERVOIR] = engineeredFeatures(signals)
      seen++
      if (seen === 500 || seen % REFIT_EVERY === 0) forest = fitIsolationForest(recent, seed + seen)
    },
  }
}

/** Freeman's likelihood ratio with and without the term for how often the user signs in; one memory for both. */
function freeman(): readonly Contender[] {
  const model = createFreeman()
  return [
    {
      name: 'Freeman',
      score: (input) => model.score(input.entity.key, attemptOf(input)).withPrior,
    },
    {
      name: 'Freeman without prior',
      score: (input) => model.score(input.entity.key, attemptOf(input)).withoutPrior,
      learn: (input) => model.learn(input.entity.key, attemptOf(input)),
    },
  ]
}

function attemptOf({ event, context }: EnrichedEvent): FreemanAttempt {
  const { client, network, place } = context
  return {
    ip: event.src.ip ?? '',
    asn: String(network?.asn ?? ''),
    country: place?.country ?? '',
    userAgent: event.user_agent ?? '',
    browser: `${client.browser ?? ''} ${client.browser_version ?? ''}`,
    os: `${client.os ?? ''} ${client.os_version ?? ''}`,
    device: event.device?.type ?? client.kind,
  }
}
