// A month as people see it: worlds of both families over 50 days, the first 20 only learned from, with the shipped policy. Prints alerts
// and incidents a day and 1,000 people, before quotas keep any back, and how many attackers' campaigns that raised an alert are one
// incident. SEEDS (default 101,102, which nothing was tuned on) and PEOPLE (default 300) choose the worlds.
import { evaluateWorlds } from '../packages/server/src/evaluate/evaluate-worlds.ts'

const seeds = (process.env.SEEDS ?? '101,102').split(',').map(Number)
const people = Number(process.env.PEOPLE ?? 300)
const worlds = (['offices', 'crews'] as const).flatMap((family) =>
  seeds.map((seed) => ({ family, seed, people, days: 50, warmUp: 20 })),
)
const results = await evaluateWorlds(worlds)
let [attacks, inOne] = [0, 0]
for (const [n, { campaigns }] of results.entries()) {
  const { gathered } = campaigns
  attacks += gathered.attacks
  inOne += gathered.inOne
  console.log(
    `${worlds[n]?.family} ${worlds[n]?.seed}, ${people} people: ` +
      `${gathered.alertsPerDayPer1000.toFixed(1)} alerts and ${gathered.incidentsPerDayPer1000.toFixed(1)} incidents a day and 1,000 people; ` +
      `of ${gathered.attacks} attackers' campaigns with an alert ${gathered.inOne} are one incident`,
  )
}
console.log(`one incident: ${inOne} of ${attacks} (${((100 * inOne) / attacks).toFixed(1)} %)`)
