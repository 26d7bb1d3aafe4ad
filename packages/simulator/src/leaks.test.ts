import { readdirSync, readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Random, randomOf } from './random.ts'
import type { SimulatedEvent } from './truth.ts'
import { createWorld, FAMILIES, type Family } from './world.ts'

/** A success of somebody: what attacks and false alarms are counted in. */
function isSignIn({ event }: SimulatedEvent): boolean {
  const stage = event.auth?.stage
  return event.status_id === 1 && (stage === 'primary' || stage === 'session')
}

const isAttack = ({ truth }: SimulatedEvent) => truth.label !== 'benign'

/** A hostile sign-in counts so much as if it were one in 160: the share in a world at attacks = 1. */
const SHARE = 0.006

/** Probability that a hostile row has more of a number than a benign one, ties halved. */
function auc(list: readonly SimulatedEvent[], feature: (one: SimulatedEvent) => number): number {
  const sorted = list
    .map((one) => ({ value: feature(one), hostile: isAttack(one) }))
    .sort((a, b) => a.value - b.value)
  let rankSum = 0
  let hostile = 0
  for (let i = 0; i < sorted.length; ) {
    let j = i
    while (j < sorted.length && sorted[j]?.value === sorted[i]?.value) j++
    for (let k = i; k < j; k++) {
      if (sorted[k]?.hostile !== true) continue
      rankSum += (i + 1 + j) / 2
      hostile++
    }
    i = j
  }
  const benign = sorted.length - hostile
  return (rankSum - (hostile * (hostile + 1)) / 2) / (hostile * benign)
}

/**
 * How well a category tells attacks, at best: its share of attacks, learned on one half, judged on the other. A campaign
 * lies in one half only, else its return to the same place would count as knowledge of attacks.
 */
function categoryAuc(list: readonly SimulatedEvent[], category: (one: SimulatedEvent) => string) {
  const rates = new Map<string, { hostile: number; all: number }>()
  const campaigns = [...new Set(list.map(({ truth }) => truth.campaign))]
  const sides = new Map(campaigns.map((name, index) => [name, index % 2]))
  const side = (one: SimulatedEvent, index: number) =>
    isAttack(one) ? sides.get(one.truth.campaign) : index % 2
  const halves = [0, 1].map((half) => list.filter((one, index) => side(one, index) === half))
  for (const one of halves[0] ?? []) {
    const rate = rates.get(category(one)) ?? { hostile: 0, all: 0 }
    rate.all++
    if (isAttack(one)) rate.hostile++
    rates.set(category(one), rate)
  }
  const prior = list.filter(isAttack).length / list.length
  return auc(halves[1] ?? [], (one) => {
    const rate = rates.get(category(one)) ?? { hostile: 0, all: 0 }
    return (rate.hostile + 20 * prior) / (rate.all + 20)
  })
}

/** The /24 or /48 that an address lies in. */
function blockOf(ip: string): string {
  return ip.includes(':') ? ip.split(':').slice(0, 3).join(':') : ip.slice(0, ip.lastIndexOf('.'))
}

/**
 * Average precision of a decision tree of depth 3 over raw fields, without anybody's history: fields become their share of
 * attacks on one half, the tree is grown there too and judged on the other, at the stress mix's share of attacks.
 */
function treePrecision(list: readonly SimulatedEvent[]): number {
  const random = randomOf(7)
  const rows = list.map((one) => ({ one, hostile: isAttack(one), train: random.chance(0.5) }))
  const fields = CATEGORIES.map(([, category]) => category)
  const prior = rows.filter(({ hostile }) => hostile).length / rows.length
  const columns = fields.map((category) => {
    const rates = new Map<string, [hostile: number, all: number]>()
    for (const { one, hostile, train } of rows) {
      if (!train) continue
      const [bad, all] = rates.get(category(one)) ?? [0, 0]
      rates.set(category(one), [bad + Number(hostile), all + 1])
    }
    return rows.map(({ one }) => {
      const [bad, all] = rates.get(category(one)) ?? [0, 0]
      return (bad + 20 * prior) / (all + 20)
    })
  })
  const score = new Float64Array(rows.length)
  const grow = (members: readonly number[], depth: number): void => {
    const train = members.filter((i) => rows[i]?.train)
    const bad = train.filter((i) => rows[i]?.hostile).length
    for (const i of members) score[i] = (bad + prior) / (train.length + 1)
    if (depth === 0 || bad === 0 || bad === train.length) return
    let best: { gain: number; column: readonly number[]; at: number } | undefined
    for (const column of columns) {
      const sorted = train.map((i) => column[i] ?? 0).sort((a, b) => a - b)
      for (let q = 1; q < 20; q++) {
        const at = sorted[Math.floor((q * sorted.length) / 20)] ?? 0
        const left = train.filter((i) => (column[i] ?? 0) < at)
        if (left.length < 20 || train.length - left.length < 20) continue
        const few = left.filter((i) => rows[i]?.hostile).length
        const gain = few ** 2 / left.length + (bad - few) ** 2 / (train.length - left.length)
        if (best === undefined || gain > best.gain) best = { gain, column, at }
      }
    }
    if (best === undefined) return
    const { column, at } = best
    grow(
      members.filter((i) => (column[i] ?? 0) < at),
      depth - 1,
    )
    grow(
      members.filter((i) => (column[i] ?? 0) >= at),
      depth - 1,
    )
  }
  grow(
    rows.map((_, i) => i),
    3,
  )
  const judged = rows
    .map((row, i) => ({ ...row, score: score[i] ?? 0 }))
    .filter(({ train }) => !train)
  const hostile = judged.filter((row) => row.hostile).length
  const weight = (SHARE / (1 - SHARE)) * ((judged.length - hostile) / hostile)
  const levels = [...new Set(judged.map((row) => row.score))].sort((a, b) => b - a)
  let [found, wrong, sum] = [0, 0, 0]
  for (const level of levels) {
    const here = judged.filter((row) => row.score === level)
    const bad = here.filter((row) => row.hostile).length
    found += bad
    wrong += here.length - bad
    sum += (bad / hostile) * ((found * weight) / (found * weight + wrong))
  }
  return sum
}

type Numeric = readonly [name: string, feature: (one: SimulatedEvent) => number]
type Category = readonly [name: string, category: (one: SimulatedEvent) => string]

/** What a record has that nobody meant to say anything by. */
const NUMBERS: readonly Numeric[] = [
  ['identifier', ({ event }) => Number.parseInt(event.uid.slice(0, 8), 16)],
  ['identifier end', ({ event }) => Number.parseInt(event.uid.slice(-8), 16)],
  ['milliseconds', ({ event }) => event.time % 1000],
  ['last digit', ({ event }) => event.time % 10],
  ['seconds', ({ event }) => Math.floor(event.time / 1000) % 60],
  ['delay', ({ event }) => event.observed_time - event.time],
  ['length of the record', ({ event }) => Object.keys(event).length],
  ['attempt', ({ event }) => Number.parseInt(event.auth?.attempt_uid?.slice(3) ?? '0', 16)],
  ['time', ({ event }) => event.time],
]

const CATEGORIES: readonly Category[] = [
  ['network', ({ event }) => String(event.src.autonomous_system?.number)],
  ['country', ({ event }) => event.src.location?.country ?? ''],
  ['user agent', ({ event }) => event.user_agent ?? ''],
  ['application', ({ event }) => event.app?.name ?? ''],
  ['hour', ({ event }) => String(Math.floor(event.time / 3_600_000) % 24)],
  ['second factor', ({ event }) => String(event.auth?.is_mfa)],
  ['step', ({ event }) => String(event.auth?.stage)],
  ['management of the device', ({ event }) => String(event.device?.is_managed)],
  ['presence of a device identifier', ({ event }) => String(event.device?.uid === undefined)],
]

const OVERLAPS: readonly (readonly [...Category, share: number])[] = [
  // Few people are in a small world: one country in a thousand sign-ins may miss its traveller.
  ['country', ({ event }) => event.src.location?.country ?? '', 0.995],
  ['network', ({ event }) => String(event.src.autonomous_system?.number), 0.95],
  ['block', ({ event }) => blockOf(event.src.ip ?? ''), 0.6],
  ['browser', ({ event }) => event.device?.browser?.split(' ')[0] ?? '', 1],
  ['operating system', ({ event }) => event.device?.os?.split(' ')[0] ?? '', 1],
  ['user agent', ({ event }) => event.user_agent ?? '', 0.9],
]

const SEEDS = [11, 12, 13, 14, 15, 16]
/** Many attacks, so that chance does not hide a leak; nothing in a record depends on how many there are. */
const ATTACKS = 6

/** Everything measured of one world. */
interface Measured {
  readonly share: number
  readonly hard: number
  readonly hostile: number
  readonly campaigns: number
  readonly numbers: readonly number[]
  readonly categories: readonly (readonly [all: number, targeted: number])[]
  readonly permuted: number
  readonly overlaps: readonly number[]
  readonly activity: number
  readonly tree: number
  readonly apps: number
  readonly factors: Factors
}

/** Changes of factors that are nobody's attack; of them those soon after a sign-in, and after one on a device never seen before. */
interface Factors {
  readonly all: number
  readonly after: number
  readonly fresh: number
}

/** Follows sign-ins, and changes of factors. */
function watchFactors() {
  const signedIn = new Map<string, { time: number; isFresh: boolean; devices: Set<string> }>()
  const counts = { all: 0, after: 0, fresh: 0 }
  return {
    counts,
    see({ event, truth }: SimulatedEvent) {
      const key = event.actor.key ?? ''
      const own = signedIn.get(key) ?? { time: 0, isFresh: false, devices: new Set() }
      signedIn.set(key, own)
      if (event.class_uid === 3002) {
        const uid = event.device?.uid
        if (event.status_id !== 1 || uid === undefined) return
        own.time = event.time
        own.isFresh = !own.devices.has(uid)
        own.devices.add(uid)
        return
      }
      if (
        truth.label !== 'benign' ||
        !/mfa\.factor\.activate|registered security/.test(event.activity)
      )
        return
      counts.all++
      if (event.time - own.time > 30 * 60_000) return
      counts.after++
      if (own.isFresh) counts.fresh++
    },
  }
}

/** How much more often, as a share of all, a hostile sign-in opens what the person never opened in eight sign-ins or more. */
function newApps(signIns: readonly SimulatedEvent[]): number {
  const seen = new Map<string, { count: number; apps: Set<string> }>()
  const news = { benign: { all: 0, fresh: 0 }, hostile: { all: 0, fresh: 0 } }
  for (const one of signIns) {
    const key = one.event.actor.key ?? one.event.actor.name ?? ''
    const known = seen.get(key) ?? { count: 0, apps: new Set() }
    seen.set(key, known)
    const app = one.event.app?.name ?? ''
    const kind = isAttack(one) ? news.hostile : news.benign
    if (known.count >= 8) {
      kind.all++
      if (!known.apps.has(app)) kind.fresh++
    }
    if (isAttack(one)) continue
    known.count++
    known.apps.add(app)
  }
  return news.hostile.fresh / news.hostile.all - news.benign.fresh / news.benign.all
}

/** Times that labels are dealt out anew. */
const DEALS = 5

/** How well a network tells attacks when labels are dealt out anew, over several deals: one alone is wide of a half by chance. */
function permutedAuc(signIns: readonly SimulatedEvent[], random: Random): number {
  let sum = 0
  for (let deal = 0; deal < DEALS; deal++) {
    const truths = signIns.map(({ truth }) => truth)
    for (let i = truths.length - 1; i > 0; i--) {
      const j = random.int(i + 1)
      const [one, other] = [truths[i], truths[j]]
      if (one !== undefined && other !== undefined) [truths[i], truths[j]] = [other, one]
    }
    const shuffled = signIns.map(({ event }, i) => ({
      event,
      truth: truths[i] ?? { label: 'benign' as const },
    }))
    sum += categoryAuc(shuffled, ({ event }) => String(event.src.autonomous_system?.number))
  }
  return sum / DEALS
}

function measure(family: Family, seed: number): Measured {
  // From Thursday to Wednesday, so that weekends, when attackers work on, lie in the middle of weeks.
  const options = { people: 700, days: 28, start: Date.UTC(2026, 0, 8), cloud: 0.05 }
  const signIns: SimulatedEvent[] = []
  const benign = OVERLAPS.map(() => new Set<string>())
  const factors = watchFactors()
  for (const one of createWorld({ family, seed, attacks: ATTACKS, ...options }).events()) {
    if (isSignIn(one)) signIns.push(one)
    factors.see(one)
    if (isAttack(one)) continue
    for (const [i, [, category]] of OVERLAPS.entries()) benign[i]?.add(category(one))
  }
  const hostile = signIns.filter(isAttack)
  const targeted = signIns.filter(({ truth }) => /benign|targeted/.test(truth.label))
  const counts = new Map<string, number>()
  const who = (one: SimulatedEvent) => one.event.actor.key ?? ''
  for (const one of signIns)
    if (!isAttack(one)) counts.set(who(one), (counts.get(who(one)) ?? 0) + 1)
  const median = (list: number[]) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0
  const victims = hostile
    .filter(({ truth }) => truth.label !== 'dormant_takeover')
    .map((one) => counts.get(who(one)) ?? 0)
  return {
    share: hostile.length / signIns.length / ATTACKS,
    hard:
      hostile.filter(({ truth }) => /targeted|cookie/.test(truth.label)).length / hostile.length,
    hostile: hostile.length,
    campaigns: new Set(hostile.map(({ truth }) => truth.campaign)).size,
    numbers: NUMBERS.map(([, feature]) => auc(signIns, feature)),
    categories: CATEGORIES.map(([, one]) => [
      categoryAuc(signIns, one),
      categoryAuc(targeted, one),
    ]),
    permuted: permutedAuc(signIns, randomOf(seed, 1)),
    overlaps: OVERLAPS.map(
      ([, category], i) =>
        hostile.filter((one) => benign[i]?.has(category(one))).length / hostile.length,
    ),
    activity: median(victims) / median([...counts.values()]),
    tree: treePrecision(signIns),
    apps: newApps(signIns),
    factors: factors.counts,
  }
}

describe.each(FAMILIES)(
  'in any world of %s nothing but behaviour tells an attack from a sign-in',
  (family) => {
    const worlds: Measured[] = []
    const mean = (of: (one: Measured) => number) =>
      worlds.reduce((sum, one) => sum + of(one), 0) / worlds.length

    beforeAll(() => {
      for (const seed of SEEDS) worlds.push(measure(family, seed))
    }, 300_000)

    test('attacks are a stress mix of 0.3 to 1 per cent of sign-ins, over half of them targeted or by cookie', () => {
      for (const { share, hard } of worlds) {
        expect(share).toBeGreaterThan(0.003)
        expect(share).toBeLessThan(0.01)
        expect(hard).toBeGreaterThan(0.48)
        expect(hard).toBeLessThan(0.7)
      }
    })

    test.each(NUMBERS.map(([name], i) => [name, i] as const))(
      'the %s of a record says nothing: at most 0.52 over the seeds, and in each but for chance',
      (_, i) => {
        expect(Math.abs(mean(({ numbers }) => numbers[i] ?? 0) - 0.5)).toBeLessThanOrEqual(0.02)
        for (const { numbers, campaigns } of worlds) {
          const chance = 3.5 * (0.289 / Math.sqrt(campaigns))
          expect(Math.abs((numbers[i] ?? 0) - 0.5)).toBeLessThan(0.02 + chance)
        }
      },
    )

    test.each(CATEGORIES.map(([name], i) => [name, i] as const))(
      'the %s alone, with labels, finds too few',
      (_, i) => {
        for (const { categories } of worlds) {
          const [all, targeted] = categories[i] ?? [1, 1]
          expect(all).toBeLessThan(0.9)
          expect(targeted).toBeLessThan(0.8)
        }
      },
    )

    test('a small tree over all raw fields, with labels but without history, stays below 0.3', () => {
      for (const { tree } of worlds) expect(tree).toBeLessThan(0.3)
    })

    test('labels dealt out anew are found by nothing', () => {
      expect(Math.abs(mean(({ permuted }) => permuted) - 0.5)).toBeLessThan(0.01)
    })

    test.each(OVERLAPS.map(([name, , share], i) => [name, share, i] as const))(
      'every %s that attackers use, honest people use too',
      (_, share, i) => {
        for (const { overlaps } of worlds) expect(overlaps[i]).toBeGreaterThanOrEqual(share)
      },
    )

    test('whoever comes in a name opens what that person opens', () => {
      expect(mean(({ apps }) => apps)).toBeLessThan(0.1)
    })

    test('honest people set up factors right after signing in too, often on something new', () => {
      const sum = (of: (one: Factors) => number) =>
        worlds.reduce((all, { factors }) => all + of(factors), 0)
      const all = sum((one) => one.all)
      expect(all).toBeGreaterThan(20)
      expect(sum(({ after }) => after)).toBeGreaterThan(0.8 * all)
      expect(sum(({ fresh }) => fresh)).toBeGreaterThan(0.15 * all)
    })

    test('the people who are attacked are as active as anybody', () => {
      for (const { activity } of worlds) {
        expect(activity).toBeGreaterThan(0.7)
        expect(activity).toBeLessThan(1.4)
      }
    })
  },
)

test.each(FAMILIES)(
  'in %s few go on with a session on a device they were never seen with: one signs in there first',
  (family) => {
    const start = Date.UTC(2026, 0, 8)
    const world = createWorld({
      family,
      seed: 17,
      people: 250,
      days: 60,
      start,
      cloud: 0,
      attacks: 0,
    })
    const seen = new Set<string>()
    const shares = { known: [0, 0], fresh: [0, 0] } as const satisfies Record<string, number[]>
    for (const one of world.events()) {
      const uid = one.event.device?.uid
      if (!isSignIn(one) || uid === undefined) continue
      const name = `${one.event.actor.key} ${uid}`
      // sessions of before the world began have run out by then
      const late = one.event.time > start + 31 * 86_400_000
      const share: number[] = shares[seen.has(name) ? 'known' : 'fresh']
      seen.add(name)
      if (!late) continue
      share[0] = (share[0] ?? 0) + 1
      if (one.event.auth?.stage === 'session') share[1] = (share[1] ?? 0) + 1
    }
    const of = ([all = 0, resumed = 0]: readonly number[]) => resumed / all
    expect(of(shares.known)).toBeGreaterThan(0.2)
    expect(of(shares.fresh)).toBeLessThan(0.15)
    expect(of(shares.fresh)).toBeGreaterThan(0.005)
  },
)

test('whoever did it, each family writes records in one place', () => {
  const sources = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  const makers = sources.filter(
    (name) =>
      /(?<!\.test)\.ts$/.test(name) &&
      /class_uid: \d/.test(readFileSync(`${import.meta.dirname}/${name}`, 'utf8')),
  )
  expect(makers.sort()).toEqual(['crews/record.ts', 'emit.ts'])
})
