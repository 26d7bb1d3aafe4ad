import type { EnrichedEvent } from '@gatewatch/schema'
import { binOf } from '../combine/calibrate.ts'
import { shareOf } from '../detectors/session-amounts.ts'
import { MOST_START } from '../detectors/takeover-session.ts'
import { isPresence } from '../features/read.ts'
import { CAMPAIGN, periodOf } from '../population/campaign.ts'
import { ADD, add } from '../population/delta.ts'
import { HAULS } from '../population/hauls.ts'
import {
  amountCell,
  BINS,
  type PopulationDelta,
  SESSION_HISTOGRAM,
  sessionsCell,
} from '../population/population.ts'
import { dayOf, growth } from '../profile/decay.ts'
import {
  AMOUNTS,
  SESSION_BYTES,
  SESSION_COUNTS,
  SESSION_DENIED,
  SESSION_MORE,
  SESSION_PEAK,
  SESSION_START,
  SESSION_SUMS,
  SLOW_OBJECTS,
} from '../profile/layout.ts'
import type { Profile } from '../profile/profile.ts'
import { rememberObject, writeSession } from '../profile/session.ts'
import { FIFTHS } from '../profile/slots.ts'
import type { Assessment } from '../types.ts'

/**
 * Keeps what an event made of the running session, and closes the one before where a new one begins: its highest score enters
 * the organisation's histogram of sessions, one entry a session, and its totals become usual. Call it before the clock moves.
 */
export function teachSession(
  input: EnrichedEvent,
  assessment: Assessment,
  profile: Profile,
  delta: PopulationDelta,
): void {
  const { session } = assessment
  if (session.start === 0) return
  const group = input.entity.class === 'service' ? 1 : 0
  if (session.isFresh) closeSession(profile, group, dayOf(input.event.time), session.closing, delta)
  if (input.event.status_id === 1 && isPresence(input)) {
    session.evidence[0] = Math.max(session.evidence[0] ?? 0, Math.min(MOST_START, assessment.score))
  }
  if (!session.isAlerted && assessment.findings.some(({ code }) => code === 'takeover_session')) {
    session.isAlerted = true
    add(delta, ADD.accused, SESSION_HISTOGRAM + group, 0, dayOf(input.event.time), 1)
  }
  if (session.becomesHaul) {
    const period = periodOf(input.event.time)
    add(delta, ADD.success, CAMPAIGN.tenant, HAULS, period, 1)
    add(delta, ADD.slow, CAMPAIGN.tenant, HAULS, period, 1)
  }
  writeSession(profile, session)
  if (session.object !== 0) rememberObject(profile, session.object)
}

function closeSession(
  profile: Profile,
  group: 0 | 1,
  day: number,
  closing: number,
  delta: PopulationDelta,
): void {
  const { u32, u16, f32 } = profile
  const counts = u16[SESSION_COUNTS * 2] ?? 0
  const start = u32[SESSION_START] ?? 0
  if (start === 0 || (counts & 0x7fff) === 0) return
  const isAlerted = counts > 0x7fff
  const weight = isAlerted ? Math.round(closing * FIFTHS) : FIFTHS
  const cell = (SESSION_HISTOGRAM + group) * BINS + binOf(f32[SESSION_PEAK] ?? 0)
  if (weight > 0) add(delta, ADD.score, cell, 0, day, weight)
  // what an alerted session took must not become what is usual
  if (isAlerted) return
  const began = dayOf(start * 1000)
  const unit = growth(profile, began)
  f32[SESSION_SUMS] = (f32[SESSION_SUMS] ?? 0) + unit
  add(delta, ADD.number, sessionsCell(group), 0, day, 1)
  const actions = counts & 0x7fff
  const more = SESSION_MORE * 2
  const denied = u16[SESSION_DENIED * 2] ?? 0
  const deletes = u16[SESSION_DENIED * 2 + 1] ?? 0
  const powers = u16[more + 1] ?? 0
  const amounts = [
    f32[SESSION_BYTES] ?? 0,
    u16[SESSION_COUNTS * 2 + 1] ?? 0,
    f32[SLOW_OBJECTS] ?? 0,
    deletes,
    u16[more] ?? 0,
    denied,
    shareOf(denied, actions),
    shareOf(deletes, actions),
    shareOf(powers & 0xff, actions),
    shareOf(powers >>> 8, actions),
  ]
  for (const [which, amount] of amounts.entries()) {
    if (amount <= 0) continue
    const at = 1 + 3 * which
    const x = Math.round(Math.log1p(amount) * 32)
    if (which < AMOUNTS) {
      f32[SESSION_SUMS + at] = (f32[SESSION_SUMS + at] ?? 0) + unit
      f32[SESSION_SUMS + at + 1] = (f32[SESSION_SUMS + at + 1] ?? 0) + (unit * x) / 32
      f32[SESSION_SUMS + at + 2] = (f32[SESSION_SUMS + at + 2] ?? 0) + (unit * x * x) / 1024
    }
    const cell = amountCell(group, which)
    add(delta, ADD.number, cell, 0, day, 1)
    add(delta, ADD.number, cell + 1, 0, day, x)
    add(delta, ADD.number, cell + 2, 0, day, x * x)
  }
}
