import { isDeepStrictEqual } from 'node:util'
import { type Models, STATED_RISK } from '@gatewatch/engine'
import type { Preview } from '@gatewatch/schema'
import type { PastEvent, Reader } from '../../ports/reader.ts'
import type { TenantId } from '../../ports/store.ts'
import { comparePlayed } from './compare-played.ts'
import type { Tuned } from './compile.ts'
import { readPast } from './past.ts'
import { playAlerts } from './play-alerts.ts'
import { replayPast } from './replay-past.ts'

const DAY = 86_400_000
/** How far back (ms) a preview looks. */
const WINDOW_MS = 30 * DAY
/** Most strange events that are decided anew, and events that are judged again. */
const MOST_DECIDED = 50_000
const MOST_REPLAYED = 20_000
/** Share of replayed events that teach only, for at first everybody is new. */
const TEACHES = 1 / 3

/** One side of a preview: what is tuned, and the models that judge. */
export interface Side {
  readonly tuned: Tuned
  readonly models: Models
}

/** What a preview reads; `hashKey` of a tenant is asked for where events are judged again. */
export interface PreviewParts {
  readonly reader: Pick<Reader, 'past' | 'compromised'>
  readonly hashKeyOf: (tenant: TenantId) => Promise<Uint8Array>
  readonly clock: () => number
}

/**
 * What `after` would have made of the last 30 days that `before` did not. Where scores stay as they are, stored ones are decided
 * anew; where networks or models differ, the newest 20,000 events are judged again by both.
 */
export async function previewOf(
  parts: PreviewParts,
  tenant: TenantId,
  before: Side,
  after: Side,
): Promise<Preview> {
  const until = parts.clock() + DAY
  const span = { from: until - DAY - WINDOW_MS, to: until }
  const compromised = await parts.reader.compromised(tenant, span.from)
  const asStored =
    before.models === after.models &&
    isDeepStrictEqual(before.tuned.tuning.networks, after.tuned.tuning.networks)
  const past = asStored
    ? await readPast(parts.reader, tenant, { ...span, which: 'strange' }, MOST_DECIDED, same)
    : await readPast(parts.reader, tenant, { ...span, which: 'all' }, MOST_REPLAYED, same)
  const [was, will] = asStored
    ? [past.events, past.events]
    : await bothJudged(parts, tenant, past.events, before, after)
  const compared = comparePlayed(
    playAlerts(was, before.tuned),
    playAlerts(will, after.tuned),
    compromised,
  )
  return {
    how: asStored ? 'stored_scores' : 'replay',
    exactness: asStored ? STORED : REPLAYED,
    from: was[0]?.input.event.time ?? span.from,
    until: was.at(-1)?.input.event.time ?? parts.clock(),
    events: was.length,
    left_out: was.filter(isLeftOut).length,
    complete: past.complete,
    ...compared,
  }
}

async function bothJudged(
  { hashKeyOf }: PreviewParts,
  tenant: TenantId,
  events: readonly PastEvent[],
  before: Side,
  after: Side,
): Promise<readonly [readonly PastEvent[], readonly PastEvent[]]> {
  const hashKey = await hashKeyOf(tenant)
  const from = Math.floor(events.length * TEACHES)
  const judged = async ({ tuned, models }: Side) =>
    (await replayPast(events, tuned, models, hashKey)).slice(from)
  return [await judged(before), await judged(after)]
}

const same = (event: PastEvent) => event

function isLeftOut({ verdict }: PastEvent): boolean {
  return verdict.basis === undefined && verdict.risk >= STATED_RISK
}

const STORED =
  'Exact on stored scores: the same decisions, and the same alerts as if each event came by itself, in order of time, and nobody closed an alert before it was a day old. Where it changes what is denied, it changes what is learned, and later scores may differ.'
const REPLAYED =
  'Judged again by both from nothing, the newest 20,000 events of the last 30 days at most; the first third of them teaches only. What was known before that, models fitted meanwhile and verdicts of people are left out, so numbers are an estimate of the difference.'
