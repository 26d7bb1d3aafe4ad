import { catalogue, indexOf } from '../features/catalogue.ts'
import { YOUNG_HISTOGRAM } from '../population/population.ts'
import type { Assessment, Signals } from '../types.ts'

/** One number that members of the ensemble read of a sign-in. */
export interface Dimension {
  /** The code of its share in a member's points. */
  readonly name: string
  /** For people, in the middle of a sentence. */
  readonly label: string
  /** Index in the catalogue; -1 for a number that is no term. */
  readonly term: number
  readonly read: (signals: Readonly<Signals>) => number
}

/** Largest size of a number in the vector, as large as its packed form holds. */
const LARGEST = 7.9

const term = (name: string): Dimension => {
  const index = indexOf(name)
  return { name, label: catalogue[index]?.label ?? name, term: index, read: () => Number.NaN }
}
const number = (
  name: string,
  label: string,
  read: (signals: Readonly<Signals>) => number,
): Dimension => ({ name, label, term: -1, read })

/**
 * What members of the ensemble read of a person's sign-in: the surprises (nats before any weight) and a few numbers. NaN
 * where unknown. A change of this list makes models that were fitted before it useless; they say so and are fitted anew.
 */
export const VECTOR: readonly Dimension[] = [
  ...[
    'country',
    'city',
    'asn',
    'prefix',
    'network_class',
    'os',
    'os_version',
    'browser',
    'browser_version',
    'device',
    'management',
    'auth_method',
    'app',
    'hour',
    'travel',
    'device_rate',
    'place_rate',
    'prefix_failures',
    'asn_failures',
  ].map(term),
  number('history', 'how much is known', (s) => Math.log1p(s.history)),
  number('idle', 'time since the last event', (s) => Math.log1p(s.idleDays)),
  number('failures', 'failures in the last hour', (s) => Math.log1p(s.failures60m)),
  number('events', 'events in the last hour', (s) => Math.log1p(s.events60m)),
  number('asn_users', 'how many share the network', (s) => Math.log1p(s.asnUsers)),
  number('prefix_users', 'how many share the address range', (s) => Math.log1p(s.prefixUsers)),
  number('resumed', 'whether a session went on', ({ resumed }) =>
    resumed === null ? Number.NaN : Number(resumed),
  ),
]

/** Which numbers are surprises: more of one never makes an event less strange (1), and which are not (0). */
export const SURPRISES: Int8Array = Int8Array.from(VECTOR, (one) => (one.term < 0 ? 0 : 1))

/** A name for the layout, to tell models of other layouts: FNV-1a over the names. */
export const LAYOUT: number = (() => {
  let hash = 0x811c9dc5
  for (const letter of VECTOR.map(({ name }) => name).join(' ')) {
    hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193)
  }
  return hash >>> 0
})()

/** Do members of the ensemble judge what belongs to this histogram: successful sign-ins of people? */
export function hasVector(histogram: number): boolean {
  return histogram === 0 || histogram === 6 || histogram === YOUNG_HISTOGRAM
}

/** Changes the surprises of a vector to what points before weights (by index of the catalogue) say now. */
export function replaceSurprises(vector: Float64Array, raw: Float64Array): void {
  for (let k = 0; k < VECTOR.length; k++) {
    const term = VECTOR[k]?.term ?? -1
    if (term >= 0 && !Number.isNaN(vector[k])) vector[k] = clamp(raw[term] ?? 0)
  }
}

function clamp(value: number): number {
  return value > LARGEST ? LARGEST : value < -LARGEST ? -LARGEST : value
}

/** Fills `out.vector` from points before weights (NaN where absent) and signals. */
export function readVector(out: Assessment): void {
  const { vector, points, signals } = out
  for (let k = 0; k < VECTOR.length; k++) {
    const one = VECTOR[k]
    if (one === undefined) return
    const value = one.term < 0 ? one.read(signals) : (points[one.term] ?? Number.NaN)
    vector[k] = clamp(value)
  }
}
