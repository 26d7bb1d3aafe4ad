import {
  MOST_TUNED,
  type Suppression,
  type SuppressionMatch,
  type Tuning,
  type TuningChange,
  type TuningVersion,
} from '@gatewatch/schema'
import { readNetwork } from '../../cidr-table.ts'
import { fault } from '../../errors.ts'

const DAY = 86_400_000

/** Who changes something, when (ms), and the id that a new suppression gets. */
export interface Hand {
  readonly by: string
  readonly now: number
  readonly id: string
}

/**
 * What is tuned after a change, and the change in words; `target` is the version that a roll back goes to. What has ended for a year
 * is left out. Throws a fault where nothing is there to change, or too much is tuned.
 */
export function changed(
  { tuning, version }: TuningVersion,
  change: TuningChange,
  hand: Hand,
  target: TuningVersion | null,
): { readonly tuning: Tuning; readonly words: string } {
  const next = withChange(tuning, change, hand, target)
  for (const [what, list] of Object.entries({
    suppressions: next.tuning.suppressions,
    'trusted networks': next.tuning.networks,
    'rejected networks': next.tuning.rejected,
  })) {
    if (list.length > MOST_TUNED) {
      throw fault('invalid_request', `There are ${MOST_TUNED} ${what} already; lift some first.`)
    }
  }
  if (change.kind === 'roll_back' && target?.version === version) {
    throw fault('invalid_request', `Version ${version} is in effect already.`)
  }
  return next
}

function withChange(
  tuning: Tuning,
  change: TuningChange,
  { by, now, id }: Hand,
  target: TuningVersion | null,
): { readonly tuning: Tuning; readonly words: string } {
  switch (change.kind) {
    case 'policy': {
      const { challenge_at, deny_at, alert_at, alerts_per_day, groups } = change.policy
      const budget = alerts_per_day === undefined ? '' : `, ${alerts_per_day} alerts a day`
      const words = `policy: challenge from ${challenge_at}, deny from ${deny_at}, alert from ${alert_at}${budget}, ${groups.length} groups`
      return { tuning: { ...tuning, policy: change.policy }, words }
    }
    case 'suppress': {
      const { match, days, why } = change
      const suppression: Suppression = {
        id,
        match,
        owner: change.owner ?? by,
        reason: why,
        created: now,
        expires: now + days * DAY,
      }
      const kept = tuning.suppressions.filter(({ expires }) => expires > now - 365 * DAY)
      const words = `suppressed ${wordsOf(match)} for ${days} days`
      return { tuning: { ...tuning, suppressions: [...kept, suppression] }, words }
    }
    case 'lift': {
      const found = tuning.suppressions.find((one) => one.id === change.suppression)
      if (found === undefined) {
        throw fault('not_found', `There is no suppression ${change.suppression}.`)
      }
      const suppressions = tuning.suppressions.filter((one) => one !== found)
      return { tuning: { ...tuning, suppressions }, words: `lifted ${wordsOf(found.match)}` }
    }
    case 'trust': {
      const network = canonical(change.network)
      const own = {
        network,
        kind: change.as,
        owner: change.owner ?? by,
        reason: change.why,
        created: now,
        expires: now + change.days * DAY,
      }
      const others = tuning.networks.filter((one) => one.network !== network)
      const rejected = tuning.rejected.filter((one) => one.network !== network)
      const words = `${network} is the organisation's (${change.as}) for ${change.days} days`
      return { tuning: { ...tuning, networks: [...others, own], rejected }, words }
    }
    case 'distrust': {
      const network = canonical(change.network)
      const networks = tuning.networks.filter((one) => one.network !== network)
      if (networks.length === tuning.networks.length) {
        throw fault('not_found', `${network} is no trusted network.`)
      }
      return { tuning: { ...tuning, networks }, words: `${network} is not trusted any more` }
    }
    case 'reject': {
      const network = canonical(change.network)
      const until = now + change.days * DAY
      const others = tuning.rejected.filter((one) => one.network !== network && one.until > now)
      const rejected = [...others, { network, by, until }]
      return { tuning: { ...tuning, rejected }, words: `did not accept ${network}` }
    }
    case 'roll_back': {
      if (target === null) {
        throw fault('not_found', `There is no version ${change.version} of what is tuned.`)
      }
      return { tuning: target.tuning, words: `rolled back to version ${target.version}` }
    }
  }
}

/** A network without the bits of a host: what is the same network is said the same way. */
function canonical(network: string): string {
  const read = readNetwork(network)
  if (read === null) throw fault('invalid_request', `network: ${network} is no network.`)
  return read.text
}

/** What a suppression hides, in words. */
export function wordsOf(match: SuppressionMatch): string {
  const { identity, network, countries, rule, hours, from } = match
  return [
    rule === undefined ? 'alerts' : `alerts of ${rule}`,
    identity === undefined ? [] : `of ${identity}`,
    network === undefined ? [] : `from ${network}`,
    countries === undefined ? [] : `between ${countries.join(' and ')}`,
    hours === undefined ? [] : `${hours.from}-${hours.until} ${hours.time_zone}`,
    from === undefined ? [] : `from ${new Date(from).toISOString()}`,
  ]
    .flat()
    .join(' ')
}
