import { catalogue, rules } from '@gatewatch/engine'
import type { AlertSummary, Detection, Quality, Share, VerdictCounts } from '@gatewatch/schema'
import type { FindingCount, IncidentAnswer } from '../ports/reader.ts'

const DAY_MS = 86_400_000
/** Of the standard normal distribution, for 95 %. */
const Z = 1.959964

/** Every rule, then every habit, with what it noticed and what people said of it. */
export function detectionsOf(
  counts: readonly FindingCount[],
  alerts: readonly AlertSummary[],
): Detection[] {
  const byCode = new Map(counts.map((count) => [count.code, count]))
  const seen = (code: string) => {
    const naming = alerts.filter(({ reasons }) => reasons.some((reason) => reason.code === code))
    const { events = 0, entities = 0 } = byCode.get(code) ?? {}
    return { events, entities, alerts: naming.length, verdicts: verdictsOf(naming) }
  }
  return [
    ...rules.map(
      (rule): Detection => ({
        code: rule.code,
        kind: 'rule',
        title: rule.title,
        about: [...rule.kinds],
        techniques: [...rule.techniques],
        severity: rule.severity,
        weight: rule.points,
        why: rule.why,
        false_positives: rule.falsePositives,
        runbook: rule.runbook,
        examples: {
          hit: rule.examples.hit.map(({ name }) => name),
          miss: rule.examples.miss.map(({ name }) => name),
        },
        ...seen(rule.code),
      }),
    ),
    ...catalogue.map(
      (feature): Detection => ({
        code: feature.name,
        kind: 'habit',
        title: feature.label,
        about: [],
        techniques: [],
        weight: feature.weight,
        ...seen(feature.name),
      }),
    ),
  ]
}

/** What alerts since `from` and the answers to incidents say. `perDay`: most alerts that are told a day. Times in ms. */
export function qualityOf(
  alerts: readonly AlertSummary[],
  answers: readonly IncidentAnswer[],
  { from, to, perDay }: { readonly from: number; readonly to: number; readonly perDay: number },
): Omit<Quality, 'days'> {
  const verdicts = verdictsOf(alerts)
  const { compromised, safe, dismissed } = verdicts
  const first = Math.floor(from / DAY_MS)
  const days = Array.from({ length: Math.floor(to / DAY_MS) - first + 1 }, (_, index) => {
    const day = (first + index) * DAY_MS
    const own = alerts.filter(({ first_seen: at }) => at >= day && at < day + DAY_MS)
    const told = own.filter(({ status }) => status !== 'kept_back')
    const critical = told.filter(({ severity }) => severity === 'critical').length
    return { day, told: told.length, critical, kept_back: own.length - told.length }
  })
  const waits = answers
    .flatMap(({ raised, answered }) => (answered === null ? [] : [Math.max(0, answered - raised)]))
    .sort((a, b) => a - b)
  return {
    alerts: alerts.length,
    verdicts,
    precision: shareOf(compromised, compromised + safe),
    worth_it: shareOf(compromised + dismissed, compromised + dismissed + safe),
    budget: {
      per_day: perDay,
      days,
      kept: days.every(({ told, critical }) => told - critical <= perDay),
    },
    acknowledged: {
      incidents: answers.length,
      answered: waits.length,
      median_ms: quantile(waits, 0.5),
      p90_ms: quantile(waits, 0.9),
    },
  }
}

function verdictsOf(alerts: readonly AlertSummary[]): VerdictCounts {
  const counts = { compromised: 0, safe: 0, dismissed: 0 }
  for (const { feedback } of alerts) if (feedback) counts[feedback.verdict] += 1
  return counts
}

/** The share of `hits` among `of`, with Wilson's 95 % interval (Wilson 1927). */
export function shareOf(hits: number, of: number): Share {
  if (of === 0) return { of, value: null, low: 0, high: 1 }
  const value = hits / of
  const centre = (value + Z ** 2 / (2 * of)) / (1 + Z ** 2 / of)
  const half =
    (Z / (1 + Z ** 2 / of)) * Math.sqrt((value * (1 - value)) / of + Z ** 2 / (4 * of ** 2))
  return { of, value, low: Math.max(0, centre - half), high: Math.min(1, centre + half) }
}

/** The value that this share of sorted values does not pass; null of none. */
function quantile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null
}
