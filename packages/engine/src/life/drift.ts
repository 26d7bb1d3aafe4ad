import type { DriftFinding, DriftReport, ModelCard, Outcomes, Realised } from '@gatewatch/schema'
import { wilsonInterval } from '../lab/proportions.ts'
import type { Population } from '../population/population.ts'
import { LABEL, standing } from '../population/samples.ts'
import type { Models, Policy } from '../types.ts'
import { noveltyOf, vectorsOf } from './card.ts'
import { scoreSample } from './score-sample.ts'
import { spreadOf, stabilityIndex } from './spread.ts'

/** Sign-ins that are scored between two pauses. */
const STEP = 16
/** Sign-ins since the fit below which no index is given. */
const ENOUGH = 200
/** Index from which much has moved. */
const MOVED = 0.25
/** Times that a novelty rate, or a realised share against the promised one, may differ. */
const TIMES = 2
/** Features that are new more rarely than this say little by being so twice as often. */
const RARE = 0.01
/** Judged sign-ins, and the share of attacks among them below which alerts cost more than they bring. */
const LABELS = 20
const WORTH = 0.05

/**
 * How far what comes now is from what the active version was fitted on. `card` and `outcomes` are null for what ships and for
 * versions that were stored without: then there is nothing to compare with. Pauses every millisecond or so.
 */
export function* driftInSteps(
  population: Population,
  models: Models,
  policy: Policy,
  card: ModelCard | null,
  outcomes: Outcomes | null,
): Generator<void, DriftReport, void> {
  const since = card?.window.until ?? null
  const vectors = vectorsOf(
    population.samples.ordinary.filter(({ time }) => since !== null && time * 1000 > since),
  )
  const isEnough = card !== null && vectors.length >= ENOUGH
  const features: { name: string; psi: number | null }[] = []
  for (const [k, name] of (card?.features ?? []).entries()) {
    const spread = card?.statistics[k]
    const isSame = isEnough && spread !== undefined
    const values = isSame ? vectors.map((one) => one[k] as number) : []
    features.push({ name, psi: isSame ? stabilityIndex(spread, sampled(card), values) : null })
    yield
  }
  const scores: number[] = []
  for (const vector of vectors) {
    if (scores.push(scoreSample(models, vector)) % STEP === 0) yield
  }
  const scorePsi =
    isEnough && card.score !== null ? stabilityIndex(card.score, sampled(card), scores) : null
  const now = noveltyOf(population)
  const report = {
    version: models.version,
    since,
    sign_ins: vectors.length,
    features,
    score_psi: scorePsi,
    novelty: Object.entries(card?.novelty ?? {}).map(([name, before]) => ({
      name,
      before,
      now: now[name] ?? 0,
    })),
    calibration: [
      calibrationAt('challenge', policy.challengeAt, outcomes?.challenged, outcomes?.judged),
      calibrationAt('alert', policy.alertAt, outcomes?.alerted, outcomes?.judged),
    ],
    labels: labelsOf(population),
  }
  const scoreNow = scores.length === 0 ? null : spreadOf('score', scores).mean
  return { ...report, findings: findingsOf(report, card?.score?.mean ?? null, scoreNow) }
}

/** How many sign-ins a card's statistics are made of. */
function sampled({ samples }: ModelCard): number {
  return Math.min(1_024, samples.ordinary)
}

function calibrationAt(
  line: 'challenge' | 'alert',
  risk: number,
  found = 0,
  all = 0,
): DriftReport['calibration'][number] {
  return { line, promised: 10 ** (-risk / 25), realised: all > 0 ? realised(found, all) : null }
}

function realised(found: number, all: number): Realised {
  const [low, high] = wilsonInterval(found, all)
  return { found, all, share: found / all, interval: [low, high] }
}

function labelsOf({ samples }: Population): Realised | null {
  const judged = standing(samples.judged)
  const found = judged.filter(({ label }) => label === LABEL.compromised).length
  return judged.length === 0 ? null : realised(found, judged.length)
}

function findingsOf(
  report: Omit<DriftReport, 'findings'>,
  scoreThen: number | null,
  scoreNow: number | null,
): DriftFinding[] {
  const findings: DriftFinding[] = []
  for (const { name, psi } of report.features) {
    if (psi === null || psi < MOVED) continue
    const text = `${name} is distributed otherwise than when version ${report.version} was fitted (stability index ${psi.toFixed(2)}, from ${MOVED} on much has moved). The next fit takes it up; look for a roll-out or a change of network if you know of none.`
    findings.push({ code: 'feature_drift', subject: name, severity: 'low', text })
  }
  if (report.score_psi !== null && report.score_psi >= MOVED) {
    const from =
      scoreThen === null || scoreNow === null
        ? ''
        : `, mean ${scoreThen.toFixed(1)} then and ${scoreNow.toFixed(1)} nats now`
    const text = `Scores of ordinary sign-ins are distributed otherwise than when version ${report.version} was fitted (stability index ${report.score_psi.toFixed(2)}${from}). Risk follows within days.`
    findings.push({ code: 'score_drift', subject: 'score', severity: 'medium', text })
  }
  for (const { name, before, now } of report.novelty) {
    if (Math.max(before, now) < RARE) continue
    if (now < TIMES * before && before < TIMES * now) continue
    const text = `${name} is new to its identity in ${percent(now)} of cases, in ${percent(before)} when version ${report.version} was fitted.`
    findings.push({ code: 'novelty', subject: name, severity: 'low', text })
  }
  for (const { line, promised, realised: found } of report.calibration) {
    if (found === null) continue
    const [low, high] = found.interval
    const isHigh = low > TIMES * promised
    if (!isHigh && high >= promised / TIMES) continue
    const text = `Since version ${report.version} was promoted ${percent(found.share)} of sign-ins reached the ${line} line (95 % interval ${percent(low)} to ${percent(high)}); promised are ${percent(promised)}. ${isHigh ? 'Attacks count among them: read the alerts first. If they are harmless, roll the version back.' : 'If you expected some to be found, roll the version back.'}`
    findings.push({ code: 'calibration', subject: line, severity: 'medium', text })
  }
  const { labels } = report
  if (labels !== null && labels.all >= LABELS && labels.interval[1] < WORTH) {
    const text = `Of ${labels.all} sign-ins that people judged ${labels.found} were attacks (95 % interval up to ${percent(labels.interval[1])}): fewer than one in twenty. Raise the alert line or look for what makes the false ones.`
    findings.push({ code: 'label_precision', subject: 'alerts', severity: 'medium', text })
  }
  return findings
}

const percent = (share: number) => `${(100 * share).toFixed(2)} %`
