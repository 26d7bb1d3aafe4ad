import {
  cardInSteps,
  compareInSteps,
  defaultModels,
  encodeModels,
  encodeTraining,
  fittedOn,
  gatesOf,
  type Models,
  membersAreDue,
  newestSample,
  type Policy,
  type Population,
  refitHeadInSteps,
  refusalOf,
  signInsSince,
  softenInSteps,
  withMembers,
} from '@gatewatch/engine'
import type { OptionalMember } from '@gatewatch/engine/lab'
import type { Comparison, ModelVersion } from '@gatewatch/schema'
import type { ModelChange } from '../ports/model-log.ts'
import type { FitThread } from './fit-thread.ts'
import { inSteps } from './in-steps.ts'
import { rollbackOf, suspicionOf, type WatchParts } from './suspicion.ts'

/** Judged events after which the head is fitted anew. */
const REFIT_AFTER = 1_000
/** A version stays in shadow for so many sign-ins, or so many seconds of the stream, whichever are over first. */
const SHADOW_SIGN_INS = 1_000
const SHADOW_SECONDS = 86_400

/** Who decides where nobody does. */
const BY = 'gatewatch'

/** What a tenant's next change is made of. */
export interface LifeParts extends WatchParts {
  readonly policy: Policy
  readonly head: 'shipped' | 'fitted'
  /** Members that are switched on beside those that ship. */
  readonly optional: readonly OptionalMember[]
  readonly thread: Pick<FitThread, 'fit'>
}

/** Is there anything to change? Cheap: asked every few seconds. */
export function isChangeDue(parts: LifeParts, current: readonly ModelVersion[]): boolean {
  if (suspicionOf(parts, current) !== null) return true
  const shadow = current.find(({ state }) => state === 'shadow')
  if (shadow !== undefined) return isSeen(parts.population, shadow)
  return isHeadDue(parts, current) || areMembersDue(parts, current)
}

/**
 * The one change that is due: the active version is rolled back, the one in shadow is promoted or refused, or a new one begins in
 * shadow. Null where none is.
 */
export async function nextChange(
  parts: LifeParts,
  current: readonly ModelVersion[],
): Promise<ModelChange | null> {
  const suspicion = suspicionOf(parts, current)
  if (suspicion !== null) {
    const change = await rollbackOf(parts, suspicion)
    if (change !== null) return change
  }
  const shadow = current.find(({ state }) => state === 'shadow')
  if (shadow !== undefined) {
    return isSeen(parts.population, shadow) ? settled(parts, shadow) : null
  }
  const withHead = isHeadDue(parts, current)
  const withMembers = areMembersDue(parts, current)
  return withHead || withMembers ? fitted(parts, current, withHead, withMembers) : null
}

/**
 * Two versions beside each other: on sign-ins after those that the candidate was fitted on where there are enough of them, else on
 * all that are kept.
 */
export function compared(
  { population, policy }: Pick<LifeParts, 'population' | 'policy'>,
  active: Models,
  candidate: Models,
  until: number | null,
): Promise<Comparison> {
  const since = heldOutSince(population, until)
  return inSteps(compareInSteps(population, active, candidate, policy, since))
}

/** From when (seconds) on sign-ins are held out, where there are enough of them; null for all that are kept. */
function heldOutSince(population: Population, until: number | null): number | null {
  const since = until === null ? Number.POSITIVE_INFINITY : until / 1000
  return signInsSince(population, since) >= SHADOW_SIGN_INS ? since : null
}

/** Has a version in shadow seen enough of the stream? */
function isSeen(population: Population, { card }: ModelVersion): boolean {
  const since = (card?.window.until ?? 0) / 1000
  return (
    newestSample(population) - since >= SHADOW_SECONDS ||
    signInsSince(population, since) >= SHADOW_SIGN_INS
  )
}

function isHeadDue({ head, population }: LifeParts, [newest]: readonly ModelVersion[]): boolean {
  const last = newest?.version ?? defaultModels.version
  return head === 'fitted' && population.events >= last + REFIT_AFTER
}

function areMembersDue(parts: LifeParts, current: readonly ModelVersion[]): boolean {
  return (
    membersAreDue(parts.population, { ...parts.active, fitted: lastFitted(parts, current) }) ||
    switchedSince(parts, current) !== null
  )
}

/** Which members were switched on or off since the last fit, in words; null for none, and before the first fit. */
function switchedSince({ optional }: LifeParts, [newest]: readonly ModelVersion[]): string | null {
  if (newest === undefined) return null
  const before = newest.card?.switched_on ?? []
  const said = [
    ...optional.filter((name) => !before.includes(name)).map((name) => `${name} switched on`),
    ...before.filter((name) => !optional.some((one) => one === name)).map((name) => `${name} off`),
  ]
  return said.length === 0 ? null : said.join(', ')
}

/** What members were last fitted on, also where the version was refused: of the same comes the same. */
function lastFitted({ active }: LifeParts, [newest]: readonly ModelVersion[]): Models['fitted'] {
  return newest?.card?.fitted ?? active.fitted
}

async function fitted(
  parts: LifeParts,
  current: readonly ModelVersion[],
  withHead: boolean,
  newMembers: boolean,
): Promise<ModelChange> {
  const { population, active, optional } = parts
  const last = current[0]?.version ?? defaultModels.version
  const version = Math.max(population.events, last + 1)
  const before = lastFitted(parts, current)
  const on = newMembers ? fittedOn(population) : before
  let models: Models = { ...active, version }
  let { left, switched_on } = current[0]?.card ?? {}
  if (newMembers) {
    const training = encodeTraining(population)
    const made = await parts.thread.fit({ training, seed: version, optional })
    models = withMembers(models, made.members, version, on)
    left = made.left
    switched_on = [...optional]
  }
  if (withHead) models = await inSteps(refitHeadInSteps(population, models, version, version))
  const made = await inSteps(cardInSteps(population, models, parts.head, on))
  return {
    kind: 'shadow',
    version,
    body: encodeModels(models),
    card: { ...made, switched_on: switched_on ?? [], left: left ?? {} },
    parent: active.version,
    by: BY,
    reason:
      (newMembers ? switchedSince(parts, current) : null) ??
      dueTo(population.events - before.events, on.settled > before.settled, newMembers),
  }
}

function dueTo(events: number, isSettled: boolean, newMembers: boolean): string {
  if (!newMembers) return 'the head is fitted anew'
  if (isSettled) return 'people judged events, or an identity was erased'
  return `${events} events since the last fit`
}

async function settled(parts: LifeParts, shadow: ModelVersion): Promise<ModelChange> {
  const { version } = shadow
  const candidate = await parts.modelsOf(version)
  if (candidate.version !== version) {
    const reason = 'it was fitted by another build, and cannot be read'
    return { kind: 'refuse', version, comparison: null, by: BY, reason }
  }
  const { active, population, policy } = parts
  const since = heldOutSince(population, shadow.card?.window.until ?? null)
  // a softened version keeps the seed of the one that it is made of: it is compared as it is, so that softening ends
  if (shadow.card?.seed === version) {
    const { models, share } = await inSteps(
      softenInSteps(population, active, candidate, policy, since),
    )
    if (share < 1) return softened(parts, shadow.card, models, share)
  }
  const comparison = await inSteps(compareInSteps(population, active, candidate, policy, since))
  const refusal = refusalOf(gatesOf(comparison))
  return refusal === null
    ? { kind: 'promote', version, comparison, by: BY, reason: 'no worse in any gate' }
    : { kind: 'refuse', version, comparison, by: BY, reason: refusal }
}

/** The version that says less takes the place of the one in shadow, and is compared as that one would have been. */
async function softened(
  parts: LifeParts,
  card: NonNullable<ModelVersion['card']>,
  models: Models,
  share: number,
): Promise<ModelChange> {
  const version = Math.max(parts.population.events, models.version + 1)
  const made = await inSteps(cardInSteps(parts.population, models, parts.head, models.fitted))
  return {
    kind: 'shadow',
    version,
    body: encodeModels({ ...models, version }),
    // what it was fitted on stays what drift is told against
    card: { ...card, members: made.members, score: made.score },
    parent: parts.active.version,
    by: BY,
    reason: `version ${models.version}, whose trees on rehearsals say ${Math.round(100 * share)} % of what they learned: with all of it too many would be challenged`,
  }
}
