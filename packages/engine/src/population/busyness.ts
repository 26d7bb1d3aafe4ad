import { HOUR_BINS, hourDensity, hoursShare } from '../features/time-of-week.ts'
import type { Population } from './population.ts'

/**
 * How much busier than a week's average the organisation is at an hour (bin 0-47): at least 1, at most 10. `group` 0: people,
 * 1: services.
 */
export function busyness(population: Population, group: number, bin: number): number {
  const total = population.hourTotals[group] ?? 0
  if (!(total > 0)) return 1
  const density = hourDensity(population.hours, group * HOUR_BINS, bin, total)
  return Math.max(1, Math.min(10, density / hoursShare(bin)))
}
