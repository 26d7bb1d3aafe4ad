import type { EnrichedEvent, NotAssessedCode } from '@gatewatch/schema'
import { isNewcomer, YOUNG } from './combine/calibrate.ts'
import { isAuthentication, isThroughProxy } from './features/read.ts'
import type { Assessment } from './types.ts'

/**
 * Lists in `out.notAssessed` what could not be judged: what enrichment missed, what the event lacks, and how little is known.
 * `alike` is the decayed number of scores the event is compared with, `judged` that of all events of the organisation.
 */
export function collectCodes(
  input: EnrichedEvent,
  out: Assessment,
  alike: number,
  judged: number,
): void {
  const codes = out.notAssessed
  codes.length = 0
  const say = (code: NotAssessedCode) => {
    if (!codes.includes(code)) codes.push(code)
  }
  for (const code of input.context.missing) say(code)
  const { event, context } = input
  if (out.signals.history <= 0) say('no_history')
  else if (isNewcomer(out.signals)) say('short_history')
  const kind = event.src.ip_kind
  if (kind === 'service') say('service_address')
  else if (kind === 'invalid')
    say(event.src.ip_raw === undefined ? 'invalid_address' : 'opaque_address')
  else if (kind === 'missing') say('hidden_address')
  else if (kind !== 'public' && kind !== 'hostname') say('private_address')
  if (isThroughProxy(input)) say('proxy_address')
  if (context.place?.country === undefined) say('no_location')
  if (context.network === undefined) say('no_network')
  if (isAuthentication(input)) {
    if (event.device?.uid === undefined) say('no_device')
    if (context.client.os === undefined && context.client.browser === undefined)
      say('no_user_agent')
  }
  if (out.isLate) say('late')
  if (out.isFuture) say('future_time')
  if (event.class_uid === 0) say('unmapped')
  if (alike < 1) say('no_calibration')
  if (judged < YOUNG) say('population_young')
}
