import type { DriftReport, Realised } from '@gatewatch/schema'
import { moment, table } from './table.ts'

/** A drift report as people read it: the four monitors, then what to do about what they found. */
export function driftText(report: DriftReport): string {
  const { version, since, features, score_psi, novelty, calibration, labels, findings } = report
  const index = (psi: number | null) => (psi === null ? '-' : psi.toFixed(2))
  const share = (one: Realised | null) =>
    one === null
      ? '-'
      : `${percent(one.share)} (${percent(one.interval[0])} to ${percent(one.interval[1])}), ${one.found} of ${one.all}`
  const rates = new Map(novelty.map((one) => [one.name, one]))
  const names = [...new Set([...features.map(({ name }) => name), ...rates.keys()])]
  const rows = names.map((name) => {
    const rate = rates.get(name)
    const psi = features.find((one) => one.name === name)?.psi ?? null
    return [
      name,
      index(psi),
      rate === undefined ? '' : percent(rate.before),
      rate === undefined ? '' : percent(rate.now),
    ]
  })
  return [
    since === null
      ? `Version ${version} is active; it was fitted on nothing that could have drifted.`
      : `Version ${version} is active, fitted on sign-ins up to ${moment(since)} UTC; ${report.sign_ins} ordinary ones since were compared.`,
    ...(rows.length === 0
      ? []
      : [table(['feature', 'stability index', 'new then', 'new now'], rows)]),
    `score: stability index ${index(score_psi)}`,
    ...calibration.map(
      ({ line, promised, realised }) =>
        `${line} line: ${share(realised)}; promised ${percent(promised)}`,
    ),
    `attacks among judged sign-ins: ${share(labels)}`,
    findings.length === 0 ? 'Nothing that an operator should know of.' : 'To look at:',
    ...findings.map(({ severity, code, text }) => `  ${severity} ${code}: ${text}`),
  ].join('\n')
}

const percent = (one: number) => `${(100 * one).toFixed(2)} %`
