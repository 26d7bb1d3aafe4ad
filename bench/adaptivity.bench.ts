// npm run bench -- adaptivity: what attackers gain by a month of training, what twenty wrong and twenty right labels do, and how
// risk keeps its word in weeks of drift. Two worlds of each family, or those named: node bench/adaptivity.bench.ts offices:1

import {
  tryDrift,
  tryFalseAlarm,
  tryLabels,
  tryPoisoning,
} from '../packages/server/src/evaluate/adaptivity.ts'
import type { Family } from '../packages/simulator/src/index.ts'

const percent = (share: number) => `${(100 * share).toFixed(1)} %`
const asked = process.argv.slice(2).filter((one) => /:/.test(one))
const worlds = asked.length > 0 ? asked : ['offices:1', 'offices:2', 'crews:1', 'crews:2']
for (const one of worlds) {
  const [family, seed] = one.split(':') as [Family, string]
  const world = { family, seed: Number(seed), people: 800, days: 62, start: Date.UTC(2025, 0, 6) }
  const { strikes, cold, trained } = tryPoisoning(world)
  console.log(
    `${one}: of ${strikes} strikes ${percent(cold)} stopped without training, ${percent(trained)} after a month of it`,
  )
  for (const kind of ['wrong', 'right'] as const) {
    const { labels, identities, without, after } = tryLabels(world, kind)
    console.log(
      `  ${labels} ${kind} labels about ${identities} identities; everybody else's attacks stopped ${percent(without.attacks)} -> ${percent(after.attacks)}, benign ${percent(without.benign)} -> ${percent(after.benign)}`,
    )
  }
  const { labels, signIns, without, after } = tryFalseAlarm(world)
  console.log(
    `  a relay abroad for one in twenty: ${labels} right labels; everybody else's ${signIns} sign-ins from there stopped ${percent(without.alarms)} -> ${percent(after.alarms)}, attacks ${percent(without.attacks)} -> ${percent(after.attacks)}`,
  )
  for (const { week, rate, expected, flagged } of tryDrift(world))
    console.log(
      `  ${week}: ${flagged} benign sign-ins flagged at ${percent(rate)}, ${expected.toFixed(0)} promised: ${(flagged / expected).toFixed(2)} times`,
    )
}
