import { beforeAll, expect, test } from 'vitest'
import { memoryStorage } from '../../adapters/memory/memory.ts'
import { NOON, sampleJudged } from '../../ports/samples.contract.ts'
import type { JudgedEvent, TenantId } from '../../ports/store.ts'
import { SHIPPED_TUNING } from '../../ports/tunings.ts'
import { compileTuning } from './compile.ts'
import { proposalsOf } from './proposals.ts'

const DAY = 86_400_000
const storage = memoryStorage(() => NOON)
let tenant: TenantId

interface Visit {
  readonly prefix: string
  readonly people: number
  readonly days: number
  readonly kind?: 'unknown' | 'carrier' | 'hosting'
  readonly risk?: number
  readonly asn: number
  /** Number of the first of them. */
  readonly first?: number
}

/** So many people come from a network on each of so many days. */
function visits({
  prefix,
  people,
  days,
  kind = 'unknown',
  risk = 5,
  asn,
  first = 0,
}: Visit): JudgedEvent[] {
  return Array.from({ length: people * days }, (_, n) => {
    const judged = sampleJudged({
      uid: `${prefix} ${n}`,
      user: `person ${first + (n % people)}`,
      time: NOON - Math.floor(n / people) * DAY,
      risk,
    })
    const network = { prefix, asn, as_name: 'A network', class: kind }
    const { arriving } = judged
    return { ...judged, arriving: { ...arriving, context: { ...arriving.context, network } } }
  })
}

const proposed = async (version = SHIPPED_TUNING) => {
  const tuned = compileTuning(version, 100)
  const { proposals } = await proposalsOf(storage.reader, tenant, tuned, NOON)
  return proposals
}

beforeAll(async () => {
  tenant = (await storage.accounts.ensureTenant('networks', false)).id
  const all = [
    visits({ prefix: '203.0.113.0/24', asn: 64_500, people: 12, days: 8 }),
    visits({ prefix: '198.51.100.0/24', asn: 64_501, people: 6, days: 6, kind: 'hosting' }),
    visits({ prefix: '192.0.2.0/24', asn: 64_502, people: 9, days: 9, kind: 'carrier' }),
    visits({ prefix: '192.88.99.0/24', asn: 64_503, people: 30, days: 1 }),
    visits({ prefix: '2001:db8::/64', asn: 64_504, people: 4, days: 9 }),
    visits({ prefix: '2001:db8:1::/64', asn: 64_505, people: 8, days: 8, risk: 90 }),
    // one provider of homes
    visits({ prefix: '198.18.0.0/24', people: 6, days: 8, asn: 64_700 }),
    visits({ prefix: '198.18.1.0/24', people: 7, days: 8, asn: 64_700, first: 6 }),
    visits({ prefix: '198.18.2.0/24', people: 8, days: 8, asn: 64_700, first: 13 }),
  ].flat()
  await storage.store.transact(tenant, (batch) => batch.writeEvents(all))
})

test('a network that many people come back to is proposed, with what speaks for it', async () => {
  const [office, vpn, ...others] = await proposed()
  expect(others).toEqual([])
  expect(office).toMatchObject({
    network: '203.0.113.0/24',
    kind: 'office',
    asn: 64_500,
    as_name: 'A network',
    country: 'SE',
    people: 12,
    share: 12 / 30,
    days: 8,
    sign_ins: 96,
    since: NOON - 7 * DAY,
    last_seen: NOON,
    strange: 0,
    compromised: 0,
  })
  expect(vpn).toMatchObject({ network: '198.51.100.0/24', kind: 'vpn', people: 6 })
})

test('what somebody has accepted or turned down is not proposed, until that ends', async () => {
  const said = (expires: number) => {
    const own = { network: '203.0.113.0/24', kind: 'office' as const, owner: 'a', reason: 'b' }
    const networks = [{ ...own, created: 0, expires }]
    const rejected = [{ network: '198.51.100.0/24', by: 'a', until: expires }]
    return { ...SHIPPED_TUNING, tuning: { ...SHIPPED_TUNING.tuning, networks, rejected } }
  }
  expect(await proposed(said(NOON + 1))).toEqual([])
  expect(await proposed(said(NOON))).toHaveLength(2)
})

test('a network from which an attacker got in is not proposed', async () => {
  const [entry] = visits({ prefix: '203.0.113.0/24', asn: 64_500, people: 1, days: 1 })
  if (entry === undefined) return expect.unreachable('nobody came')
  const raising = sampleJudged({ uid: 'entry', user: 'person 1', group: 'g', risk: 80 })
  const judged = { ...raising, arriving: { ...entry.arriving, key: raising.arriving.key } }
  await storage.store.transact(tenant, async (batch) => {
    await batch.writeEvents([judged])
    const [raised] = await batch.raise([judged])
    const feedback = { verdict: 'compromised' as const, by: 'me', time: NOON }
    await batch.settle(raised?.alert.id ?? '', feedback, new Map(), null)
  })
  expect((await proposed()).map(({ network }) => network)).toEqual(['198.51.100.0/24'])
})
