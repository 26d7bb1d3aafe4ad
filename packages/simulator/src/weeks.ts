/**
 * The weeks of a drift, one abrupt change each, in their order: offices move to another network; three people in ten get
 * another vendor's VPN; every browser is brought up to date on one day; the clocks change.
 */
export const DRIFT_WEEKS = ['office_move', 'vpn_change', 'browser_update', 'clock_change'] as const
export type DriftWeek = (typeof DRIFT_WEEKS)[number]

/** Days of patience of somebody who poisons a profile, before the strike. */
export const POISON_DAYS = 30
