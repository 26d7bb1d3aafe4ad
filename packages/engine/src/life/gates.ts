import type { Comparison, Gate } from '@gatewatch/schema'
import { wilsonInterval } from '../lab/proportions.ts'
import type { NewlyFlagged } from './blame.ts'

/** A version may flag so many times more, or fewer, than is promised: chance is allowed for by the 95 % interval. */
export const MOST_TIMES = 3
/** Least share of sign-ins on the same side of the challenge line. */
const LEAST_AGREEMENT = 0.97
/** Most nats that the mean score may move. */
const MOST_SHIFT = 2
/** Of confirmed attacks one in so many may be missed that was flagged, of safe sign-ins one more may be flagged. */
const ONE_IN = 50
/** Most that the separation from rehearsed strangers may fall. */
const MOST_LOST = 0.01
/** Sign-ins that were judged since a promotion, and challenged ones among them, before anything is made of too many. */
const ENOUGH_JUDGED = 100
const ENOUGH_FLAGGED = 5

/**
 * The conditions of a promotion: a version must be no worse than the active one. All of them are looked at, so that the record
 * says everything that was wrong.
 */
export function gatesOf(comparison: Comparison): readonly Gate[] {
  const { flagged, promised, agreement, shift, broken, confirmed, safe, strangers } = comparison
  const [least, most] = intervalOf(flagged.candidate, comparison.sign_ins)
  const tooMany = least > MOST_TIMES * promised && flagged.candidate > flagged.active
  const tooFew = most < promised / MOST_TIMES && flagged.candidate < flagged.active
  const lost = (strangers.active ?? 0) - (strangers.candidate ?? 0)
  const { sequences } = comparison
  const slack = (count: number) => Math.floor(count / ONE_IN)
  return [
    gate('finite', broken.candidate === 0, `${broken.candidate} scores are no number`),
    gate(
      'flagged_share',
      !tooMany && !tooFew,
      `flags ${percent(flagged.candidate)} of sign-ins (95 % interval ${percent(least)} to ${percent(most)}), the active version ${percent(flagged.active)}; promised are ${percent(promised)}, ${MOST_TIMES} times more or fewer are borne`,
    ),
    gate(
      'agreement',
      agreement >= LEAST_AGREEMENT,
      `decides ${percent(agreement)} of sign-ins as the active version does; at least ${percent(LEAST_AGREEMENT)} are asked for`,
    ),
    gate(
      'score_shift',
      Math.abs(shift) <= MOST_SHIFT,
      `moves the mean score by ${shift.toFixed(2)} nats; at most ${MOST_SHIFT} are borne`,
    ),
    gate(
      'confirmed',
      confirmed.candidate >= confirmed.active - slack(confirmed.count),
      `flags ${confirmed.candidate} of ${confirmed.count} confirmed attacks, the active version ${confirmed.active}`,
    ),
    gate(
      'safe',
      safe.candidate <= safe.active + slack(safe.count),
      `flags ${safe.candidate} of ${safe.count} sign-ins that people found safe, the active version ${safe.active}`,
    ),
    gate(
      'strangers',
      strangers.active === null || (strangers.candidate !== null && lost <= MOST_LOST),
      `tells rehearsed strangers apart with an area of ${area(strangers.candidate)}, the active version with ${area(strangers.active)} (${strangers.count} rehearsals); ${MOST_LOST} less is borne`,
    ),
    ...(sequences === undefined ? [] : [sequenceGate(sequences)]),
  ]
}

function sequenceGate({ count, promised, share }: NonNullable<Comparison['sequences']>): Gate {
  const [least] = intervalOf(share, count)
  return gate(
    'sequences',
    least <= MOST_TIMES * promised,
    `finds ${percent(share)} of ${count} kept actions as strange, with those before them, as ${percent(promised)} are promised to be; ${MOST_TIMES} times more are borne`,
  )
}

/** What stands in the way of a promotion, in words; null where nothing does. */
export function refusalOf(gates: readonly Gate[]): string | null {
  const failed = gates.filter(({ passed }) => !passed)
  return failed.length === 0 ? null : failed.map((one) => `${one.gate}: ${one.text}`).join('; ')
}

/** New sign-ins judged, and the least share of them that was safe, surely, from which on what a version brought about is wrong. */
const ENOUGH_WRONG = 8
const WRONG = 0.6

/** Is what a version alone found wrong, by what people said of it? Beyond chance (95 % interval), and from eight verdicts on. */
export function areWrong({ safe, compromised }: NewlyFlagged): boolean {
  return safe + compromised >= ENOUGH_WRONG && wilsonInterval(safe, safe + compromised)[0] > WRONG
}

/** Did a share of sign-ins since a promotion leave the bounds of what was promised, and to which side? */
export function outOfBounds(
  flagged: number,
  judged: number,
  promised: number,
): 'high' | 'low' | null {
  if (judged < ENOUGH_JUDGED) return null
  const [low, high] = wilsonInterval(flagged, judged)
  if (flagged >= ENOUGH_FLAGGED && low > MOST_TIMES * promised) return 'high'
  return high < promised / MOST_TIMES ? 'low' : null
}

/**
 * Is it the version that is to blame, and not the world? Only where, on the same sign-ins and at the line as it was at the
 * promotion, the one before would have flagged less than half as many (or, where too few are, more than twice as many).
 */
export function isToBlame(
  side: 'high' | 'low',
  flagged: { readonly now: number; readonly before: number },
): boolean {
  const { now, before } = flagged
  const [less, more] = side === 'high' ? [before, now] : [now, before]
  return less < more / 2 && more >= ENOUGH_FLAGGED
}

function intervalOf(share: number, all: number): readonly [number, number] {
  return all > 0 ? wilsonInterval(share * all, all) : [0, 1]
}

const gate = (name: Gate['gate'], passed: boolean, text: string): Gate => ({
  gate: name,
  passed,
  text,
})
const percent = (share: number) => `${(100 * share).toFixed(2)} %`
const area = (value: number | null) => (value === null ? 'none' : value.toFixed(4))
