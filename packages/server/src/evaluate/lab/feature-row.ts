import { catalogue, createAssessment, type Signals } from '@gatewatch/engine'
import { eventKind } from '@gatewatch/schema'
import type { PlayedEvent } from '../play-engine.ts'

/** A cell of the table: text, or a number that is NaN where unknown. */
export type Cell = string | number

/** A column, and whether it holds text. */
export interface Column {
  readonly name: string
  readonly kind: 'text' | 'number'
}

/** Signals that are neither a number nor a yes or no. */
const NOT_NUMERIC = ['travel', 'session', 'runningSessionCountry']
const SIGNALS = Object.keys(createAssessment().signals).filter(
  (name): name is keyof Signals => !NOT_NUMERIC.includes(name),
)
const TEXTS = ['uid', 'time', 'entity', 'kind', 'label']

/** The columns of a feature table: names, score and risk, signals, then the points of every term before any weight. */
export function featureNames(): readonly Column[] {
  const numbers = [
    'success',
    'score',
    'risk',
    'travel_km',
    'travel_speed_kmh',
    ...SIGNALS.map((name) => name.replace(/[A-Z]|[0-9]+m?/g, (part) => `_${part.toLowerCase()}`)),
    ...catalogue.map(({ name }) => `points_${name}`),
  ]
  return [
    ...TEXTS.map((name) => ({ name, kind: 'text' as const })),
    ...numbers.map((name) => ({ name, kind: 'number' as const })),
  ]
}

/** The row of an event, in the order of `featureNames`. */
export function featureRow({ input, assessment }: PlayedEvent, label: string): readonly Cell[] {
  const { event, entity } = input
  const { signals, raw, score, risk } = assessment
  return [
    event.uid,
    new Date(event.time).toISOString(),
    entity.key,
    eventKind(event),
    label,
    event.status_id === 1 ? 1 : event.status_id === 2 ? 0 : Number.NaN,
    score,
    risk,
    signals.travel?.distance_km ?? Number.NaN,
    signals.travel?.speed_kmh ?? Number.NaN,
    ...SIGNALS.map((name) => {
      const value = signals[name]
      return value === null ? Number.NaN : Number(value)
    }),
    ...raw,
  ]
}
