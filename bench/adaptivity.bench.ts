// What attackers gain by a month of training, and what twenty wrong and twenty right labels do: two worlds of each family.
import { tryLabels, tryPoisoning } from '../packages/server/src/evaluate/adaptivity.ts'

const percent = (share: number) => `${(100 * share).toFixed(1)} %`
for (const family of ['offices', 'crews'] as const) {
  for (const seed of [1, 2]) {
    const world = { family, seed, people: 800, days: 62, start: Date.UTC(2025, 0, 6) }
    const { strikes, cold, trained } = tryPoisoning(world)
    console.log(
      `${family} ${seed}: of ${strikes} strikes ${percent(cold)} stopped without training, ${percent(trained)} after a month of it`,
    )
    for (const kind of ['wrong', 'right'] as const) {
      const { labels, without, after } = tryLabels(world, kind)
      console.log(
        `  ${labels} ${kind} labels: attacks stopped ${percent(without.attacks)} -> ${percent(after.attacks)}, benign ${percent(without.benign)} -> ${percent(after.benign)}`,
      )
    }
  }
}
