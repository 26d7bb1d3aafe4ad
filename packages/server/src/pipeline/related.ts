import type { AlertDraft } from '@gatewatch/engine'
import type { EnrichedEvent } from '@gatewatch/schema'
import type { Batch, EventKey, JudgedEvent, KnownEvent } from '../ports/store.ts'

/** How far (ms) from a compromised event others of the same visitor are looked for, and among how many at most. */
const AROUND_MS = 86_400_000
const MOST = 2_000

/**
 * What the one who was called compromised also did: successful events of the same identity within a day, in the same session, or from
 * the same address with the same client, that belong to no alert. Each with a draft of one alert for all of them; `id`: of the alert
 * that was judged.
 */
export async function relatedTo(
  batch: Batch,
  id: string,
  compromised: readonly { readonly key: EventKey; readonly input: EnrichedEvent }[],
): Promise<readonly JudgedEvent[]> {
  const keys = new Set(compromised.map(({ key }) => key))
  const related: JudgedEvent[] = []
  for (const [entity, own] of Map.groupBy(compromised, ({ input }) => input.entity.key)) {
    const times = own.map(({ input }) => input.event.time)
    const from = Math.min(...times) - AROUND_MS
    const until = Math.max(...times) + AROUND_MS
    const around = await batch.eventsAfter(entity, from, MOST)
    for (const one of around) {
      const { event } = one.input
      if (event.time > until || event.status_id !== 1) continue
      // what was raised for this verdict before, and withdrawn with it, is raised again
      if (keys.has(one.key) || (one.group !== null && one.group !== groupFor(id))) continue
      if (own.some(({ input }) => isSameVisitor(input, one.input))) related.push(raised(one, id))
    }
  }
  return related
}

function groupFor(id: string): string {
  return `related:${id}`
}

/** Did one visitor do both: in one session, or from one address with one client? What says nothing of it is no evidence. */
function isSameVisitor(a: EnrichedEvent, b: EnrichedEvent): boolean {
  const session = a.event.actor.session?.uid
  if (session !== undefined && session === b.event.actor.session?.uid) return true
  const { ip } = a.event.src
  if (ip === undefined || ip !== b.event.src.ip) return false
  const device = a.event.device?.uid
  if (device !== undefined && b.event.device?.uid !== undefined)
    return device === b.event.device.uid
  return a.event.user_agent !== undefined && a.event.user_agent === b.event.user_agent
}

function raised({ key, content, input, verdict, learned }: KnownEvent, id: string): JudgedEvent {
  const { name } = input.entity
  const alert: AlertDraft = {
    group: groupFor(id),
    rule: 'related',
    title: `By whoever was called an attacker: ${name}`,
    severity: 'medium',
    techniques: ['T1078'],
    runbook:
      'Somebody said that an event of this identity was an attacker’s. These came in the same session, or from the same address with the same client, and raised nothing by themselves.\nRead what they did and undo it.\nWhere they were the owner’s own, call this alert safe.',
  }
  const arriving = { key, content, ...input, backfill: false }
  return { arriving, verdict, learned, alert, profileBefore: null, caseFile: null }
}
