import type { Erasure, Notice } from '@gatewatch/schema'
import { withoutEvents } from '../../ports/alert-growth.ts'
import type { StoredDeadLetter } from '../../ports/dead-letters.ts'
import { blanked, isNamedIn, namesOf } from '../../ports/erasure.ts'
import { identityKey, incidentOf } from '../../ports/incident-growth.ts'
import type { Checkpoint, EventKey } from '../../ports/store.ts'
import type { AlertRow, EventRow, ProfileRow, TenantLedger } from './ledger.ts'
import type { Overlay } from './store.ts'

/** Rows of a transaction that an identity may be in. */
interface Rows {
  readonly events: Overlay<EventRow>
  readonly profiles: Overlay<ProfileRow>
  readonly alerts: Overlay<AlertRow>
  readonly checkpoints: Overlay<readonly Checkpoint[]>
  readonly letters: readonly StoredDeadLetter[]
}

/** What goes at the commit besides rows: keys of events, ids of dead letters, links of entities, and news of them. */
export interface Gone {
  readonly keys: Set<EventKey>
  readonly letters: Set<string>
  readonly entities: Set<string>
  /** Names that are looked for in what is on its way to channels. */
  readonly names: string[]
}

/** Takes an identity out of a transaction's rows, and notes in `gone` what else goes. */
export function eraseIdentity(rows: Rows, entity: string, gone: Gone): Erasure {
  const { events, profiles, alerts, checkpoints, letters } = rows
  const names = namesOf(entity, profiles.get(entity)?.entity.name ?? '')
  gone.names.push(...names)
  const own = events.values().filter(({ input }) => input.entity.key === entity)
  for (const { key } of own) {
    events.delete(key)
    gone.keys.add(key)
  }
  const counts = leaveAlerts(rows, entity, new Set(own.map(({ key }) => key)))
  checkpoints.delete(entity)
  profiles.delete(entity)
  let count = 0
  for (const row of events.values()) {
    const raw = new TextDecoder().decode(row.raw ?? undefined)
    if (!isNamedIn(`${JSON.stringify([row.input, row.verdict])} ${raw}`, names)) continue
    count += 1
    const [input, verdict] = blanked([row.input, row.verdict] as const, names)
    events.set(row.key, { ...row, input, verdict, raw: null })
    for (const alert of alerts.values()) {
      if (alert.shown === row.key)
        alerts.set(alert.alert.id, { ...alert, profileBefore: null, caseFile: null })
    }
  }
  for (const row of alerts.values()) {
    if (!isNamedIn(JSON.stringify(row.alert), names)) continue
    count += 1
    alerts.set(row.alert.id, { ...row, alert: blanked(row.alert, names) })
  }
  const named = letters.filter(({ reason, raw }) => isNamedIn(`${reason} ${raw}`, names))
  for (const { id } of named) gone.letters.add(id)
  return { events: own.length, ...counts, dead_letters: named.length, blanked: count }
}

/** Takes incidents and news of these identities out, and blanks their names in those of others. After alerts were committed. */
export function eraseNews(
  own: TenantLedger,
  entities: ReadonlySet<string>,
  names: readonly string[],
): void {
  if (entities.size === 0) return
  const { outbox, incidents, tunings, questions } = own
  tunings.splice(0, tunings.length, ...tunings.map((version) => blanked(version, names)))
  for (const [id, { entity }] of questions) if (entities.has(entity)) questions.delete(id)
  for (const [id, row] of incidents) {
    const left = [...own.alerts.values()].flatMap(({ alert }) =>
      alert.incident === id ? alert : [],
    )
    if (left.length === 0) incidents.delete(id)
    else {
      const own = [...entities].map(identityKey)
      const keys = row.keys.filter(
        (key) => !own.some((one) => key === one || key.startsWith(`${one} `)),
      )
      incidents.set(id, { keys, incident: blanked(incidentOf(row.incident, left), names) })
    }
  }
  const notes = own.incidentNotes
    .filter(({ incident }) => incidents.has(incident))
    .map((note) => blanked(note, names))
  own.incidentNotes.splice(0, own.incidentNotes.length, ...notes)
  const isOwn = (notice: Notice) => notice.about === 'alert' && entities.has(notice.alert.entity)
  for (const [key, notice] of outbox.notices) {
    if (isOwn(notice)) outbox.notices.delete(key)
    else outbox.notices.set(key, blanked(notice, names))
  }
  outbox.deliveries = outbox.deliveries
    .filter(({ notice }) => !isOwn(notice))
    .map((row) => ({ ...row, notice: blanked(row.notice, names) }))
}

/** Alerts that have events of others go on with those; the rest are gone. */
function leaveAlerts(
  { events, alerts }: Rows,
  entity: string,
  keys: ReadonlySet<string>,
): Pick<Erasure, 'alerts' | 'alerts_changed'> {
  let gone = 0
  let changed = 0
  for (const row of alerts.values()) {
    if (row.alert.entity !== entity && !row.events.some((key) => keys.has(key))) continue
    const left = row.events.flatMap((key) => {
      const event = events.get(key)
      return event === undefined ? [] : [{ ...event.verdict, key }]
    })
    const rest = withoutEvents(row.alert, left, row.shown)
    if (rest === null) {
      gone += 1
      alerts.delete(row.alert.id)
      continue
    }
    changed += 1
    const { alert, shown } = rest
    const { profileBefore, caseFile } =
      shown.key === row.shown ? row : { profileBefore: null, caseFile: null }
    const own = left.map(({ key }) => key)
    // it names whom it is about, by hashes of what they used
    const undo = null
    const after = { alert, shown: shown.key, profileBefore, caseFile, undo, events: own }
    alerts.set(alert.id, { ...row, ...after })
  }
  return { alerts: gone, alerts_changed: changed }
}
