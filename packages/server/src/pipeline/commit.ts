import { fault } from '../errors.ts'
import type { DeadLetters } from '../ports/dead-letters.ts'
import type { Claim, TenantId } from '../ports/store.ts'
import { failureKind } from '../ports/store-failure.ts'
import type { Published } from '../ports/stream.ts'
import { type BatchParts, type CommittedBatch, commitBatch } from './batch.ts'
import { deadLetterOf } from './dead-letter-of.ts'
import type { Waiting } from './lane.ts'

/** How often a batch that another worker was faster at is tried again before its events fail. */
const CONFLICT_TRIES = 8

/** What committing needs besides the batch itself. */
export interface CommitParts extends BatchParts {
  readonly deadLetters: DeadLetters
  onCommitted(tenant: TenantId, committed: CommittedBatch): void
  /** What a batch brought to light of those before it; its events are settled by then. */
  lookBack(tenant: TenantId, committed: CommittedBatch): Promise<void>
  onError(error: unknown): void
}

/**
 * Commits what a lane took and settles every event of it; never rejects. A conflict is tried again; a record that the
 * store or the judgement cannot hold is found by halving and goes to the dead letters; anything else fails the events,
 * so that their sender tries again.
 */
export async function commitWaiting(
  parts: CommitParts,
  tenant: TenantId,
  batch: readonly Waiting[],
): Promise<void> {
  const groups = groupCopies(batch)
  await commitGroups(parts, tenant, groups)
}

/** An event with the later copies of it in the same batch. */
type Group = readonly [Waiting, ...Waiting[]]

function groupCopies(batch: readonly Waiting[]): readonly Group[] {
  const groups = new Map<string, [Waiting, ...Waiting[]]>()
  for (const waiting of batch) {
    const group = groups.get(waiting.arriving.key)
    if (group === undefined) groups.set(waiting.arriving.key, [waiting])
    else group.push(waiting)
  }
  return [...groups.values()]
}

async function commitGroups(
  parts: CommitParts,
  tenant: TenantId,
  groups: readonly Group[],
): Promise<void> {
  let committed: CommittedBatch
  try {
    committed = await withRetries(parts, tenant, groups)
    groups.forEach((group, index) => {
      const outcome = committed.outcomes[index]
      if (outcome === undefined)
        throw new Error('a batch answered for fewer events than it was given')
      settleGroup(group, outcome)
    })
    parts.onCommitted(tenant, committed)
  } catch (error) {
    if (failureKind(error) === 'data') await isolate(parts, tenant, groups, error)
    else failAll(parts, groups, error)
    return
  }
  await parts.lookBack(tenant, committed).catch(parts.onError)
}

async function withRetries(
  parts: CommitParts,
  tenant: TenantId,
  groups: readonly Group[],
): Promise<CommittedBatch> {
  const items = groups.map(([first]) => first)
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await commitBatch(parts, tenant, items)
    } catch (error) {
      if (failureKind(error) !== 'conflict' || attempt === CONFLICT_TRIES) throw error
    }
  }
}

async function isolate(
  parts: CommitParts,
  tenant: TenantId,
  groups: readonly Group[],
  error: unknown,
): Promise<void> {
  const [first] = groups
  if (groups.length === 1 && first !== undefined) return bury(parts, tenant, first, error)
  const middle = Math.ceil(groups.length / 2)
  await commitGroups(parts, tenant, groups.slice(0, middle))
  await commitGroups(parts, tenant, groups.slice(middle))
}

async function bury(
  parts: CommitParts,
  tenant: TenantId,
  group: Group,
  error: unknown,
): Promise<void> {
  const reason = `The record cannot be stored or judged: ${error instanceof Error ? error.message : String(error)}`
  try {
    await parts.deadLetters.add(tenant, [deadLetterOf(group[0].arriving, reason)])
    for (const waiting of group) waiting.settle({ kind: 'rejected', reason })
  } catch (another) {
    failAll(parts, [group], another)
  }
}

function settleGroup(group: Group, outcome: Extract<Published, { kind: Claim }>): void {
  const [first, ...copies] = group
  first.settle(outcome)
  for (const copy of copies) copy.settle({ kind: 'duplicate', verdict: outcome.verdict })
}

function failAll(parts: CommitParts, groups: readonly Group[], error: unknown): void {
  parts.onError(error)
  const failure = failureKind(error) === null ? fault('internal') : fault('store_unavailable')
  for (const waiting of groups.flat()) waiting.fail(failure)
}
