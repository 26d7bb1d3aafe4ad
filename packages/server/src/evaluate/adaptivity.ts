import { defaultPolicy, type EnrichedEvent } from '@gatewatch/engine'
import { DRIFT_WEEKS, type DriftWeek, type Truth, type WorldOptions } from '@gatewatch/simulator'
import { measureWeeks } from './measure-weeks.ts'
import { playEngine } from './play-engine.ts'
import { kindOf } from './rows.ts'

const DAY = 86_400_000

/** Labels that a person gives in a morning. */
const LABELS = 20

/** A world in which something is tried: its kind, size, length in days and seed. */
export type Trying = Pick<WorldOptions, 'seed' | 'people' | 'days' | 'start'> &
  Required<Pick<WorldOptions, 'family'>>

/** Shares 0-1 of strikes that are challenged or denied, without and after a month of training, and how many there were. */
export interface PoisoningResult {
  readonly strikes: number
  readonly cold: number
  readonly trained: number
}

/** How much attackers gain who sign in daily for a month in small steps before they strike. NaN without a strike. */
export function tryPoisoning(world: Trying): PoisoningResult {
  const share = (poisoning: 'cold' | 'trained') => {
    const stopped = new Map<string, boolean>()
    playEngine({ ...world, poisoning }, ({ assessment, truth }) => {
      const { campaign } = truth
      // what an attacker does after having come in is another question
      if (truth.label !== 'poisoned_strike' || campaign === undefined || stopped.has(campaign))
        return null
      stopped.set(campaign, assessment.decision !== 'allow')
      return null
    })
    return { strikes: stopped.size, share: shareOf([...stopped.values()]) }
  }
  const cold = share('cold')
  return { strikes: cold.strikes, cold: cold.share, trained: share('trained').share }
}

/** What twenty labels did: attack sign-ins stopped (0-1), and benign ones stopped, without and with them. */
export interface LabelsResult {
  /** How many were given, and to how many identities. */
  readonly labels: number
  readonly identities: number
  readonly without: { readonly attacks: number; readonly benign: number }
  readonly after: { readonly attacks: number; readonly benign: number }
}

/**
 * Twenty labels, each given at once from the world's middle on: `wrong` says of attack sign-ins that were stopped that they
 * are safe; `right` says so of benign ones that were stopped, in four weeks of honest drift. Counted are the sign-ins of
 * everybody whom no label was about.
 */
export function tryLabels(world: Trying, kind: 'wrong' | 'right'): LabelsResult {
  const middle = Math.floor(world.days / 2)
  const from = world.start + middle * DAY
  const about = new Set<number>()
  const options = kind === 'right' ? { ...world, drift: middle } : world
  const run = (isLabelled: boolean) => {
    let left = isLabelled ? LABELS : 0
    const rows: { identity: number; isAttack: boolean; isStopped: boolean }[] = []
    playEngine(options, ({ assessment, time, truth }) => {
      if (time < from) return null
      const signIn = kindOf(truth.label)
      if (signIn === 'activity') return null
      const isAttack = signIn === 'attack'
      const isStopped = assessment.risk >= defaultPolicy.challengeAt
      const { identity } = assessment
      rows.push({ identity, isAttack, isStopped })
      if (!isStopped || isAttack !== (kind === 'wrong') || left === 0) return null
      left--
      about.add(identity)
      return 'safe'
    })
    return { rows, given: isLabelled ? LABELS - left : 0 }
  }
  const { rows: after, given } = run(true)
  const { rows: without } = run(false)
  const told = (rows: typeof after) => {
    const others = rows.filter(({ identity }) => !about.has(identity))
    const share = (wanted: boolean) =>
      shareOf(others.filter(({ isAttack }) => isAttack === wanted).map((row) => row.isStopped))
    return { attacks: share(true), benign: share(false) }
  }
  return { labels: given, identities: about.size, without: told(without), after: told(after) }
}

/** What twenty right labels did to a systematic false alarm: shares 0-1 of sign-ins that were stopped, without and with them. */
export interface FalseAlarmResult {
  readonly labels: number
  /** Sign-ins that set the alarm off, of people whom no label was about. */
  readonly signIns: number
  readonly without: { readonly alarms: number; readonly attacks: number }
  readonly after: { readonly alarms: number; readonly attacks: number }
}

/** Share of people who take to private browsing behind a relay. */
const RELAYED = 0.05

/** Countries and cities that a relay leaves the internet in. */
const EXITS = [
  ['IS', 'Reykjavik', 64.1, -21.9],
  ['CH', 'Zurich', 47.4, 8.5],
  ['PA', 'Panama', 9, -79.5],
  ['RO', 'Bucharest', 44.4, 26.1],
  ['SG', 'Singapore', 1.4, 103.8],
  ['SE', 'Malmo', 55.6, 13],
] as const

/**
 * From the world's middle on, one person in twenty browses privately behind a relay: every honest sign-in of theirs comes from
 * another exit abroad, on a device that was never seen. A person says of the first twenty that are stopped that they are
 * right. Counted are the sign-ins of everybody whom no label was about.
 */
export function tryFalseAlarm(world: Trying): FalseAlarmResult {
  const from = world.start + Math.floor(world.days / 2) * DAY
  const isRelayed = (key: string) => shareOfName(key) < RELAYED
  const moved = ({ event, entity }: EnrichedEvent, truth: Truth) =>
    truth.label === 'benign' &&
    event.time >= from &&
    event.class_uid === 3002 &&
    event.status_id === 1 &&
    entity.class === 'human' &&
    isRelayed(entity.key)
  const run = (most: number) => {
    let left = most
    const about = new Set<number>()
    const rows: { identity: number; kind: string; isStopped: boolean }[] = []
    playEngine(
      world,
      ({ assessment, input, time, truth }) => {
        const signIn = kindOf(truth.label)
        if (time < from || signIn === 'activity') return null
        const isAlarm = moved(input, truth)
        const isStopped = assessment.risk >= defaultPolicy.challengeAt
        const { identity } = assessment
        const kind = isAlarm ? 'alarm' : signIn
        rows.push({ identity, kind, isStopped })
        if (!isAlarm || !isStopped || left === 0) return null
        left--
        about.add(identity)
        return 'safe'
      },
      (input, truth) => (moved(input, truth) ? behindRelay(input) : input),
    )
    return { rows, given: most - left, about }
  }
  const labelled = run(LABELS)
  const told = ({ rows }: Pick<typeof labelled, 'rows'>) => {
    const others = rows.filter(({ identity }) => !labelled.about.has(identity))
    const of = (kind: string) => others.filter((row) => row.kind === kind)
    const stopped = (kind: string) => shareOf(of(kind).map(({ isStopped }) => isStopped))
    return { signIns: of('alarm').length, alarms: stopped('alarm'), attacks: stopped('attack') }
  }
  const [without, after] = [told(run(0)), told(labelled)]
  return { labels: labelled.given, signIns: after.signIns, without, after }
}

/** The sign-in as it looks from behind a relay, in a window that forgets. */
function behindRelay(input: EnrichedEvent): EnrichedEvent {
  const { event, context } = input
  const [country, city, lat, long] =
    EXITS[Math.floor(EXITS.length * shareOfName(event.uid))] ?? EXITS[0]
  const third = Math.floor(250 * shareOfName(`exit ${event.uid}`))
  return {
    ...input,
    event: {
      ...event,
      src: { ip: `198.18.${third}.7`, ip_kind: 'public' },
      device: { uid: `window ${event.uid}` },
    },
    context: {
      ...context,
      place: { country, city, lat, long, provider: 'geoip' },
      network: { prefix: `198.18.${third}.0/24`, asn: 64_511, class: 'proxy' },
    },
  }
}

/** A share 0-1 that belongs to a name: FNV-1a, for choosing people. */
function shareOfName(name: string): number {
  let hash = 0x811c9dc5
  for (const letter of name) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193)
  return (hash >>> 0) / 2 ** 32
}

/** One rate in one week of drift: how many benign sign-ins were to be flagged at its risk, and how many were. */
export interface DriftResult {
  readonly week: DriftWeek
  readonly rate: number
  readonly expected: number
  readonly flagged: number
}

const DRIFT_RATES = [0.01, 0.003]

/** Does risk keep its word in four weeks of honest drift that begin in the world's middle? By rate, then by week. */
export function tryDrift(world: Trying): DriftResult[] {
  const middle = Math.floor(world.days / 2)
  const from = world.start + middle * DAY
  const rows: { time: number; risk: number; truth: Truth }[] = []
  playEngine({ ...world, drift: middle }, ({ assessment: { risk }, time, truth }) => {
    if (time >= from) rows.push({ time, risk, truth })
    return null
  })
  return measureWeeks(rows, from, DRIFT_RATES).flatMap(({ rate, weeks }) =>
    DRIFT_WEEKS.flatMap((week, i) => {
      const told = weeks.find((one) => one.week === i)
      return told === undefined
        ? []
        : [{ week, rate, expected: told.expected, flagged: told.flagged }]
    }),
  )
}

function shareOf(flags: readonly boolean[]): number {
  return flags.filter(Boolean).length / flags.length
}
