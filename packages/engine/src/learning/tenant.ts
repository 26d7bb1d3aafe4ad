import type { EnrichedEvent } from '@gatewatch/schema'
import { binOf } from '../combine/calibrate.ts'
import { isAccused } from '../combine/entry.ts'
import { isAuthentication, isPresence } from '../features/read.ts'
import { CAMPAIGN, periodOf } from '../population/campaign.ts'
import { campaignKey } from '../population/campaign-of.ts'
import { ADD, add } from '../population/delta.ts'
import { BINS, type PopulationDelta } from '../population/population.ts'
import { campaignNumber, isCampaignKey, MARKS, markOf } from '../population/wave.ts'
import { dayOf } from '../profile/decay.ts'
import type { Profile } from '../profile/profile.ts'
import { COUNTER, countOf } from '../profile/short-memory.ts'
import { FIFTHS } from '../profile/slots.ts'
import { failsOnCredentials } from '../rules/egress.ts'
import type { Assessment } from '../types.ts'

/** Counts a sign-in for everybody who comes from the same address range, network, client, device or place. */
export function teachCampaigns(
  input: EnrichedEvent,
  assessment: Assessment,
  profile: Profile,
  delta: PopulationDelta,
): void {
  if (!isAuthentication(input)) return
  const { status_id, time, count } = input.event
  if (status_id !== 1 && status_id !== 2) return
  const period = periodOf(time)
  const amount = count ?? 1
  const failed = status_id === 2
  // people who fail at their own desk, or on their own device, are no sign of a campaign
  const strange = assessment.signals.strangely && failsOnCredentials(input)
  // who failed in the last hour already is not another identity that begins to fail, and a campaign is not usual
  const begins =
    strange && countOf(profile, COUNTER.failures, time) === 0 && !isOfCampaign(assessment)
  for (let kind = 0; kind <= CAMPAIGN.city; kind++) {
    const key = campaignKey(kind, input, assessment.values)
    if (key === 0) continue
    const crowd = kind >= CAMPAIGN.device
    if (crowd && !isPresence(input)) continue
    add(delta, failed ? ADD.failure : ADD.success, kind, key, period, amount)
    if (crowd || begins) add(delta, ADD.slow, kind, key, period, crowd ? amount : 1)
    if (strange && !crowd) add(delta, ADD.failing, kind, key, period, assessment.identity)
  }
}

/** Was the event found to belong to somebody at work on many? */
function isOfCampaign({ findings }: Assessment): boolean {
  return findings.some(({ campaign }) => campaign !== undefined && isCampaignKey(campaign))
}

/** Notes what a campaign is known again by, where an event was found to belong to one. */
export function teachMarks(
  input: EnrichedEvent,
  assessment: Assessment,
  delta: PopulationDelta,
): void {
  const { signals } = assessment
  if (!isOfCampaign(assessment)) return
  const number = signals.campaign > 0 ? signals.campaign : campaignNumber(input)
  const period = periodOf(input.event.time)
  for (let kind = 0; kind < MARKS; kind++) {
    const mark = markOf(kind, assessment)
    if (mark !== 0) add(delta, ADD.mark, kind, mark, period, number)
  }
}

/** Enters the score into the organisation's histogram, with the weight that combine/entry.ts gives it. */
export function teachCalibration(
  input: EnrichedEvent,
  assessment: Assessment,
  delta: PopulationDelta,
): void {
  const { histogram } = assessment
  const day = dayOf(input.event.time)
  add(delta, ADD.judged, histogram, 0, day, 1)
  if (isAccused(assessment)) add(delta, ADD.accused, histogram, 0, day, 1)
  const weight = Math.round(assessment.entryWeight * FIFTHS)
  if (weight > 0) add(delta, ADD.score, histogram * BINS + binOf(assessment.score), 0, day, weight)
}
