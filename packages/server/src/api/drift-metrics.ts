import { Gauge, type Registry } from 'prom-client'
import type { ModelDesk } from '../pipeline/model-desk.ts'

/**
 * Gauges of models and drift. Of several tenants the worst value is shown, so that nobody's name or number is a label and no
 * tenant's value is told apart.
 */
export function driftMetrics(
  register: Registry,
  models: Pick<ModelDesk, 'reports' | 'changes'>,
): void {
  const registers = [register]
  const gauge = (name: string, help: string, label: string, fill: (set: Set) => void) => {
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers,
      collect() {
        this.reset()
        const worst = new Map<string, number>()
        fill((value, of) => worst.set(of, Math.max(value, worst.get(of) ?? value)))
        for (const [of, value] of worst) this.set({ [label]: of }, value)
      },
    })
  }
  gauge(
    'gatewatch_drift_stability_index',
    'Population stability index of a feature, or of the score, against what the active models were fitted on; from 0.25 on much has moved',
    'feature',
    (set) => {
      for (const { features, score_psi } of models.reports()) {
        for (const { name, psi } of features) if (psi !== null) set(psi, name)
        if (score_psi !== null) set(score_psi, 'score')
      }
    },
  )
  gauge(
    'gatewatch_novelty_share',
    'Share of values that were new to their identity (half-life 32 days)',
    'feature',
    (set) => {
      for (const { novelty } of models.reports())
        for (const { name, now } of novelty) set(now, name)
    },
  )
  gauge(
    'gatewatch_calibration_ratio',
    'Share of sign-ins at a line since the models were promoted, by the share that was promised; 1 is as promised',
    'line',
    (set) => {
      for (const { calibration } of models.reports())
        for (const { line, promised, realised } of calibration)
          if (realised !== null) set(realised.share / promised, line)
    },
  )
  gauge(
    'gatewatch_false_label_share',
    'Of judged sign-ins the share that was safe: 1 less the precision of labels, and its 95 % interval (Wilson)',
    'bound',
    (set) => {
      for (const { labels } of models.reports()) {
        if (labels === null) continue
        set(1 - labels.share, 'share')
        set(1 - labels.interval[1], 'low')
        set(1 - labels.interval[0], 'high')
      }
    },
  )
  gauge('gatewatch_drift_findings', 'Findings of drift for the operator', 'code', (set) => {
    for (const { findings } of models.reports())
      for (const { code } of findings) set(findings.filter((one) => one.code === code).length, code)
  })
  gauge(
    'gatewatch_model_changes',
    'Changes of model versions that this process made since it started',
    'change',
    (set) => {
      for (const [kind, count] of models.changes()) set(count, kind)
    },
  )
}

type Set = (value: number, of: string) => void
