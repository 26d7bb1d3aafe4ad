import type { Evaluation } from './measure.ts'
import { summarise } from './summary.ts'

/** Something that Gatewatch has to show over worlds it was not tuned on. Values in the unit; shares are in per cent. */
export interface Bar {
  readonly name: string
  readonly unit: string
  readonly bar: number
  readonly side: 'at least' | 'at most'
  /** How far beyond the bar the worst world may lie; null: the mean alone is held to it. */
  readonly slack: number | null
  read(evaluation: Evaluation): number
}

/** What became of a bar. `isMet` null: no world had anything to measure. */
export interface BarResult extends Omit<Bar, 'read'> {
  readonly worlds: number
  readonly mean: number
  readonly worst: number
  readonly sd: number
  readonly isMet: boolean | null
}

const POINTS = 6

const recall = (name: string, bar: number, rate: number): Bar => ({
  name,
  unit: '%',
  bar,
  side: 'at least',
  slack: POINTS,
  read: ({ contenders, rates }) => 100 * (contenders[0]?.recall[rates.indexOf(rate)] ?? Number.NaN),
})

const victims = (name: string, bar: number, rate: number, type?: string): Bar => ({
  name,
  unit: '%',
  bar,
  side: 'at least',
  slack: POINTS,
  read({ contenders, rates }) {
    const found = type === undefined ? contenders[0]?.victims : contenders[0]?.victimsByType[type]
    return 100 * (found?.recall[rates.indexOf(rate)] ?? Number.NaN)
  },
})

/** What only shows how good the others are, or is the same in another form. */
const NO_RIVALS = ['gatewatch', 'fitted head', 'oracle with labels']

/** Every bar that an evaluation of worlds is held to. */
const BARS: readonly Bar[] = [
  recall('attack sign-ins found @1 %', 80, 0.01),
  recall('attack sign-ins found @0.3 %', 68, 0.003),
  recall('attack sign-ins found @0.1 %', 52, 0.001),
  victims('victims found @1 %', 82, 0.01),
  victims('victims found @0.3 %', 72, 0.003),
  victims('victims found @0.1 %', 60, 0.001),
  victims('victims @0.3 %: naive', 93, 0.003, 'naive'),
  victims('victims @0.3 %: same-country VPN', 80, 0.003, 'vpn'),
  victims('victims @0.3 %: targeted', 42, 0.003, 'targeted'),
  victims('victims @0.3 %: stuffing hits', 98, 0.003, 'credential_stuffing'),
  victims('victims @0.3 %: spray hits', 95, 0.003, 'password_spray'),
  victims('victims @0.3 %: stolen cookie', 28, 0.003, 'cookie_theft'),
  {
    name: 'margin over the best member or baseline @0.3 %',
    unit: 'points',
    bar: 0,
    side: 'at least',
    slack: 0,
    read({ contenders, rates }) {
      const at = rates.indexOf(0.003)
      const rivals = contenders.filter(({ name }) => !NO_RIVALS.includes(name))
      const best = Math.max(...rivals.map((one) => one.recall[at] ?? Number.NaN))
      return 100 * ((contenders[0]?.recall[at] ?? Number.NaN) - best)
    },
  },
  {
    name: 'as shipped: attack sign-ins challenged or denied',
    unit: '%',
    bar: 52,
    side: 'at least',
    slack: POINTS,
    read: ({ shipped }) => 100 * shipped.stoppedAttacks,
  },
  {
    name: 'as shipped: campaigns against many that become an incident',
    unit: '%',
    bar: 90,
    side: 'at least',
    slack: POINTS,
    read({ campaigns }) {
      const rows = Object.values(campaigns.byType)
      const all = rows.reduce((sum, row) => sum + row.campaigns, 0)
      return (100 * rows.reduce((sum, row) => sum + row.found, 0)) / all
    },
  },
  {
    name: 'as shipped: false alerts a day per 1,000 people',
    unit: 'a day',
    bar: 1,
    side: 'at most',
    slack: null,
    read: ({ campaigns }) => campaigns.falseAlertsPerDayPer1000,
  },
  {
    name: 'false positives over those promised, highest week',
    unit: 'times',
    bar: 1.2,
    side: 'at most',
    slack: 0,
    read: ({ weeks }) =>
      extreme(
        weeks.map(({ highest }) => highest),
        Math.max,
      ),
  },
  {
    name: 'false positives over those promised, lowest week',
    unit: 'times',
    bar: 0.5,
    side: 'at least',
    slack: 0,
    read: ({ weeks }) =>
      extreme(
        weeks.map(({ lowest }) => lowest),
        Math.min,
      ),
  },
  {
    name: 'takeovers followed through their actions: campaigns found at 0.1 % of benign sessions',
    unit: '%',
    bar: 95,
    side: 'at least',
    slack: POINTS,
    read: ({ takeovers: { all } }) => (100 * all.foundAtRate) / all.campaigns,
  },
  {
    name: 'takeovers followed through their actions: actions until found, median',
    unit: 'actions',
    bar: 5,
    side: 'at most',
    slack: null,
    read: ({ takeovers: { all } }) => all.actionsAtRate,
  },
  {
    name: 'as shipped: benign sessions reported',
    unit: '%',
    bar: 0.1,
    side: 'at most',
    slack: null,
    read: ({ takeovers }) => 100 * takeovers.flagged,
  },
  {
    name: 'insiders and stolen sessions found by their actions at 0.1 % of benign sessions',
    unit: '%',
    bar: 80,
    side: 'at least',
    slack: POINTS,
    read({ takeovers: { byType } }) {
      const rows = [byType.insider, byType.cookie_theft].filter((row) => row !== undefined)
      const all = rows.reduce((sum, row) => sum + row.campaigns, 0)
      return (100 * rows.reduce((sum, row) => sum + row.foundAtRate, 0)) / all
    },
  },
  {
    name: 'injected cause among the top two reasons',
    unit: '%',
    bar: 90,
    side: 'at least',
    slack: POINTS,
    read: ({ causes }) => (100 * causes.named) / causes.detected,
  },
]

/** Holds worlds to every bar: the mean has to meet it, the worst may lie beyond it by the slack. */
export function holdToBars(evaluations: readonly Evaluation[]): BarResult[] {
  return BARS.map(({ read, ...bar }) => {
    const values = evaluations.map(read)
    const { worlds, mean, sd, low, high } = summarise(values)
    const up = bar.side === 'at least'
    const worst = up ? low : high
    const short = (value: number) => (up ? bar.bar - value : value - bar.bar)
    const isMet = short(mean) <= 0 && (bar.slack === null || short(worst) <= bar.slack)
    return { ...bar, worlds, mean, worst, sd, isMet: worlds === 0 ? null : isMet }
  })
}

function extreme(values: readonly number[], pick: (...values: number[]) => number): number {
  const known = values.filter((one) => !Number.isNaN(one))
  return known.length === 0 ? Number.NaN : pick(...known)
}
