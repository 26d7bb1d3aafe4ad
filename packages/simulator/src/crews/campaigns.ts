import type { AttackType, Truth } from '../truth.ts'
import type { Act } from './acts.ts'
import { spray, stuffing } from './password-lists.ts'
import type { Plot, Stagecraft } from './plots.ts'
import type { Person } from './roster.ts'
import { disguised, dormant, fatigue, naive, relayed, replayed } from './takeovers.ts'

/** Kinds of attack by signing in: share of all hostile successes, how many one campaign has on average, how it goes. */
export const SIGN_IN_ATTACKS: readonly {
  readonly type: AttackType
  readonly share: number
  readonly yield: number
  readonly run: (plot: Plot) => Generator<Act>
}[] = [
  { type: 'naive', share: 0.12, yield: 1.35, run: naive },
  { type: 'vpn', share: 0.13, yield: 1.5, run: disguised },
  { type: 'targeted', share: 0.285, yield: 1.95, run: relayed },
  { type: 'cookie_theft', share: 0.285, yield: 1.8, run: replayed },
  { type: 'credential_stuffing', share: 0.055, yield: 3.3, run: stuffing },
  { type: 'password_spray', share: 0.05, yield: 2.9, run: spray },
  { type: 'mfa_fatigue', share: 0.045, yield: 1.1, run: fatigue },
  { type: 'dormant_takeover', share: 0.03, yield: 0.9, run: dormant },
]

/** Begins one campaign. */
export function* campaign(
  craft: Stagecraft,
  attack: (typeof SIGN_IN_ATTACKS)[number],
): Generator<Act> {
  const gang = craft.random.pick(craft.gangs)
  const visit = craft.random.int(2 ** 31)
  const name = `${attack.type}-${visit.toString(36)}`
  const truth = (victim?: Person): Truth => ({
    label: attack.type,
    campaign: name,
    ...(victim === undefined ? {} : { victim: victim.key }),
  })
  yield* attack.run({ ...craft, gang, visit, truth })
}
