import { entityRisk, habits as habitsOf, type Population } from '@gatewatch/engine'
import type {
  AlertSummary,
  FeedbackEffect,
  FeedbackVerdict,
  Habits,
  NamedAlert,
  RiskContribution,
} from '@gatewatch/schema'
import { confirmedContribution, contributionOf } from '../ports/contribution.ts'
import type { Reader } from '../ports/reader.ts'
import type { TenantId } from '../ports/store.ts'
import { summarise } from '../ports/summary.ts'
import type { BatchParts } from './batch.ts'
import { type Said, tryVerdict } from './feedback.ts'

/** What telling an effect needs. */
export type EffectParts = BatchParts & {
  readonly reader: Pick<Reader, 'alert' | 'riskContributions'>
}

/**
 * What a verdict on an alert does, against none: the one given, or any other that is asked about. It is tried in a transaction that is
 * taken back, so it is what happens. `verdict` null: the one that stands; null where there is no such alert, or no verdict.
 */
export async function effectOf(
  parts: EffectParts,
  tenant: TenantId,
  id: string,
  asked: FeedbackVerdict | null,
  now: number,
): Promise<FeedbackEffect | null> {
  const found = await parts.reader.alert(tenant, id)
  const standing = found?.alert.feedback
  const verdict = asked ?? standing?.verdict ?? null
  if (found === null || verdict === null) return null
  const said = await tryVerdict(parts, tenant, id, verdict, standing?.time ?? now)
  if (said === null) return null
  const population = await parts.populations.of(tenant)
  const shown = said.lessons.find(({ input }) => input.event.uid === found.alert.event.uid)
  const sum = (weights: readonly number[]) => weights.reduce((all, one) => all + one, 0)
  return {
    alert: id,
    verdict,
    given: verdict === standing?.verdict,
    events: said.lessons.length,
    learned: {
      without: sum(said.lessons.map(({ before }) => before)),
      with: sum(said.lessons.map(({ after }) => after)),
    },
    values: shown === undefined ? [] : valuesOf(said, shown, population),
    risk: await risksOf(parts.reader, tenant, said, verdict, found.alert.event.uid, now),
    raised: said.raised.map(named),
    withdrawn: said.withdrawn.map(named),
    looked_at: said.others.length,
    prevented: said.prevented.map(({ alert }) => named(alert)),
    hidden: said.prevented
      .filter(({ alert }) => alert.feedback?.verdict === 'compromised')
      .map(({ alert }) => named(alert)),
  }
}

function named({ id, title, severity, last_seen, incident }: AlertSummary): NamedAlert {
  return { id, title, severity, last_seen, ...(incident === undefined ? {} : { incident }) }
}

/** Values of the shown event that its identity knows otherwise with the verdict than without. */
function valuesOf(
  said: Said,
  { input }: Said['lessons'][number],
  population: Population,
): FeedbackEffect['values'] {
  const { key } = input.entity
  const [without, withIt] = [said.before.get(key), said.after.get(key)].map((one) =>
    one === undefined ? null : habitsOf(one.profile, population, input, [input]),
  )
  if (without == null || withIt == null) return []
  const shareIn = (habits: Habits, feature: string) => {
    const habit = habits.features.find((one) => one.feature === feature)
    return habit?.values.find(({ current }) => current)
  }
  return withIt.features.flatMap(({ feature, label, unseen }) => {
    const [before, after] = [shareIn(without, feature), shareIn(withIt, feature)]
    const value = after?.value ?? before?.value ?? unseen
    const change = { without: before?.share ?? 0, with: after?.share ?? 0 }
    if (value === undefined || Math.abs(change.with - change.without) < 0.0005) return []
    return { feature, label, value, ...change }
  })
}

/** Risk of each identity of the alert that its events raise. */
async function risksOf(
  reader: EffectParts['reader'],
  tenant: TenantId,
  { alert, lessons }: Said,
  verdict: FeedbackVerdict,
  shown: string,
  now: number,
): Promise<FeedbackEffect['risk']> {
  const own = Map.groupBy(lessons, ({ input }) => input.entity.key)
  const risks: FeedbackEffect['risk'] = []
  for (const [entity, events] of own) {
    const stored = await reader.riskContributions(tenant, entity)
    const uids = new Set(events.map(({ input }) => input.event.uid))
    const others = stored.filter(({ uid }) => !uids.has(uid))
    const raising = events.flatMap(
      ({ input, verdict: judged }) => contributionOf(summarise(input, judged)) ?? [],
    )
    const feedback = { verdict, by: '', time: alert.feedback?.time ?? now }
    const confirmed = entity === alert.entity ? confirmedContribution({ feedback }, shown) : null
    const riskOf = (some: readonly RiskContribution[]) => entityRisk([...others, ...some], now).risk
    const without = riskOf(raising)
    const stands = verdict === 'safe' ? [] : raising
    const withIt = riskOf(confirmed === null ? stands : [...stands, confirmed])
    const entity_name = events[0]?.input.entity.name ?? entity
    if (without !== withIt) risks.push({ entity, entity_name, without, with: withIt })
  }
  return risks
}
