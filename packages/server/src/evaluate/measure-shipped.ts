import {
  calibrationError,
  falseAlertsPerDay,
  type ReliabilityBin,
  reliability,
} from '@gatewatch/engine/lab'
import { isHostile } from './rows.ts'
import type { SignInRow, Trial } from './trial.ts'

/** What people meet with default settings. */
export interface ShippedSection {
  /** Challenged or denied, and raising an alert: shares of benign and of attack sign-ins. */
  readonly stoppedBenign: number
  readonly stoppedAttacks: number
  readonly alertedBenign: number
  readonly alertedAttacks: number
  /** Challenged or denied, by type of attack. */
  readonly stoppedByType: Readonly<Record<string, number>>
  /** Alerts of one identity within a day count once. */
  readonly falseAlertsPerDayPer1000: number
  /** Share of people with a false alert, and false alerts of a person in a year. */
  readonly peopleBothered: number
  readonly falseAlertsPerPersonYear: number
  /** Of the probability, attacks taken to be as rare as the policy assumes. */
  readonly calibrationError: number
  readonly reliability: readonly ReliabilityBin[]
  /** Risk, and the shares of benign sign-ins that should have and that have so much. */
  readonly risk: readonly {
    readonly risk: number
    readonly expected: number
    readonly benign: number
    readonly attacks: number
  }[]
}

/** Risks at which calibration is told: 1 in 100, the challenge, the alert, the denial. */
const RISKS = [50, 63, 75, 95]

/** Measures decisions and alerts as shipped. */
export function shippedDecisions(
  { signIns, days, prevalence }: Trial,
  people: number,
): ShippedSection {
  const attacks = signIns.filter(isHostile)
  const benign = signIns.filter((row) => !isHostile(row))
  const share = (rows: readonly SignInRow[], test: (row: SignInRow) => boolean) =>
    rows.filter(test).length / rows.length
  const alerts = benign.filter((row) => row.isAlert)
  const distinct = new Set(
    alerts.map(({ truth, time }) => `${truth.victim} ${Math.floor(time / 86_400_000)}`),
  )
  const everybody = new Set(benign.map(({ truth }) => truth.victim))
  const types = [...new Set(attacks.map(({ truth }) => truth.label))].sort()
  const said = signIns.map(({ probability }) => probability)
  const was = signIns.map((row) => (isHostile(row) ? 1 : 0))
  const assumed = {
    attackWeight: (prevalence / (1 - prevalence)) * (benign.length / attacks.length),
  }
  return {
    stoppedBenign: share(benign, (row) => row.isStopped),
    stoppedAttacks: share(attacks, (row) => row.isStopped),
    alertedBenign: share(benign, (row) => row.isAlert),
    alertedAttacks: share(attacks, (row) => row.isAlert),
    stoppedByType: Object.fromEntries(
      types.map((type) => [
        type,
        share(
          attacks.filter(({ truth }) => truth.label === type),
          (row) => row.isStopped,
        ),
      ]),
    ),
    falseAlertsPerDayPer1000: falseAlertsPerDay(distinct.size, days, people),
    peopleBothered: new Set(alerts.map(({ truth }) => truth.victim)).size / everybody.size,
    falseAlertsPerPersonYear: (distinct.size / everybody.size) * (365 / days),
    calibrationError: calibrationError(said, was, assumed),
    reliability: reliability(said, was, assumed),
    risk: RISKS.map((risk) => ({
      risk,
      expected: 10 ** (-risk / 25),
      benign: share(benign, (row) => row.risk >= risk),
      attacks: share(attacks, (row) => row.risk >= risk),
    })),
  }
}
