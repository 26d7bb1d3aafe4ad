import type { Courier, Sent } from '../../ports/courier.ts'
import { sendSlack, sendTeams } from './chat.ts'
import { sendEmail } from './email.ts'
import type { HostGuard } from './guard.ts'
import { type FindingOf, sendOcsf } from './ocsf.ts'
import { sendPagerDuty } from './pagerduty.ts'
import { sendSns } from './sns.ts'
import { sendSyslog } from './syslog.ts'
import { line } from './telling.ts'
import { sendWebhook } from './webhook.ts'

/** What couriers need: `source` is the address of this installation, `folder` where findings are written, `clock` gives ms, UTC. */
export interface CourierParts {
  readonly guard: HostGuard
  readonly source: string
  readonly clock: () => number
  readonly findingOf: FindingOf
  readonly folder: string
}

/** Longest (ms) that sending takes, whatever the receiver does: a sender waits for all that it began. */
const LONGEST_MS = 60_000

/** A courier for every kind of channel; it answers within a minute, in one line without control characters, which no database holds. */
export function createCourier(parts: CourierParts): Courier {
  const carry = courierOf(parts)
  return async (settings, message) => {
    const sent = await withinTime(carry(settings, message), LONGEST_MS)
    return sent.kind === 'sent' ? sent : { ...sent, why: line(sent.why) }
  }
}

/** What came of sending; a failure where nothing did after `ms`. */
export function withinTime(sending: Promise<Sent>, ms: number): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const why = 'it did not answer in time'
    const timer = setTimeout(() => resolve({ kind: 'failed', why }), ms)
    sending.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

function courierOf({ guard, source, clock, findingOf, folder }: CourierParts): Courier {
  return async (settings, message) => {
    switch (settings.kind) {
      case 'webhook':
        return sendWebhook(guard, settings, message, source, clock())
      case 'email':
        return sendEmail(guard, settings, message, source)
      case 'slack':
        return sendSlack(guard, settings, message, source)
      case 'teams':
        return sendTeams(guard, settings, message, source)
      case 'pagerduty':
        return sendPagerDuty(guard, settings, message, source)
      case 'sns':
        return sendSns(guard, settings, message, source)
      case 'syslog':
        return sendSyslog(guard, settings, message, source)
      case 'ocsf':
        return sendOcsf(guard, settings, message, findingOf, folder)
    }
  }
}
