import type { Basis, Decision, EnrichedEvent, Verdict } from '@gatewatch/schema'
import { attribute } from './attribute.ts'
import { catalogue } from './features/catalogue.ts'
import { isAuthentication } from './features/read.ts'
import { campaignKeyOf } from './population/wave.ts'
import { failsOnCredentials } from './rules/egress.ts'
import { rules } from './rules/index.ts'
import type { AlertDraft, Assessment, Finding, Policy } from './types.ts'

/**
 * The policy that ships: a challenge from risk 63 (3 benign sign-ins in 1,000), an alert from 75 (1 in 1,000), denial from
 * 95 (1 in 6,300); one event in 10,000 is assumed to be an attack.
 */
export const defaultPolicy: Policy = {
  challengeAt: 63,
  denyAt: 95,
  alertAt: 75,
  prevalence: 1e-4,
}

/** Least risk of which a verdict says what it rests on: no policy asks for less. */
export const STATED_RISK = 50

/**
 * Turns risk and findings into a decision, a probability (0-1) and the question of an alert, in `out`. The probability
 * takes the score as log odds against the policy's prevalence, and never says more than the risk allows: where a share p of
 * benign events is as strange, no attack can be more than 1/p times likelier (Bayes). Beyond risk 100, p is not known. A critical finding is challenged at least and always raises an alert; so do
 * findings of a campaign, and high ones that are challenged. Without 2,000 events only findings raise alerts, and
 * a strange sign-in with wrong credentials raises none by itself: it let nobody in, and many of them are a campaign.
 */
export function decide(input: EnrichedEvent, out: Assessment, policy: Policy): void {
  const evidence = out.risk < 100 ? Math.min(out.score, (out.risk / 25) * Math.LN10) : out.score
  const odds = evidence + Math.log(policy.prevalence / (1 - policy.prevalence))
  out.probability = 1 / (1 + Math.exp(-odds))
  const young = out.notAssessed.includes('population_young')
  const critical = out.findings.some((finding) => finding.severity === 'critical')
  const harmless = isAuthentication(input) && failsOnCredentials(input)
  out.decision = decisionOf(out.risk, young, critical, policy)
  out.alerted = isAlerted(out.risk, young, namedOf(out.findings), harmless, out.alertShift, policy)
}

function decisionOf(risk: number, young: boolean, critical: boolean, policy: Policy): Decision {
  if (risk >= policy.denyAt && !young) return 'deny'
  return risk >= policy.challengeAt || critical ? 'challenge' : 'allow'
}

function isAlerted(
  risk: number,
  young: boolean,
  named: Basis['named'],
  harmless: boolean,
  shift: number,
  policy: Policy,
): boolean {
  if (named === 'always' || (named === 'challenged' && risk >= policy.challengeAt)) return true
  return !young && !harmless && risk >= Math.min(100, policy.alertAt + shift)
}

/** Do findings raise an alert by themselves: whatever the risk, where the event is challenged, or not at all? */
function namedOf(findings: readonly Finding[]): Basis['named'] {
  if (findings.some((one) => one.severity === 'critical' || one.campaign !== undefined)) {
    return 'always'
  }
  return findings.some(({ severity }) => severity === 'high') ? 'challenged' : undefined
}

/** What a decided assessment rests on besides the risk; undefined for an ordinary event without findings. */
export function basisOf(input: EnrichedEvent, out: Assessment): Basis | undefined {
  if (out.risk < STATED_RISK && out.findings.length === 0) return undefined
  const basis: Basis = {}
  const named = namedOf(out.findings)
  if (named !== undefined) basis.named = named
  if (out.alertShift > 0) basis.shift = out.alertShift
  if (isAuthentication(input) && failsOnCredentials(input)) basis.harmless = true
  const lead = leadingFinding(out.findings)
  if (lead !== undefined) basis.severity = lead.severity
  const draft = namedDraft(input, out.findings)
  if (draft !== null) {
    basis.group = draft.group
    basis.rule = draft.rule
  }
  return basis
}

/** What another policy would have made of a stored verdict, by itself; null where the verdict does not say what it rests on. */
export function decideAgain(
  verdict: Verdict,
  policy: Policy,
): { readonly decision: Decision; readonly alert: AlertOutline | null } | null {
  const { basis, risk, kind, entity } = verdict
  if (basis === undefined) return null
  const young = verdict.not_assessed.includes('population_young')
  const { named, harmless = false, shift = 0, group, rule, severity } = basis
  const decision = decisionOf(risk, young, severity === 'critical', policy)
  if (!isAlerted(risk, young, named, harmless, shift, policy)) return { decision, alert: null }
  const alert =
    group !== undefined && rule !== undefined && severity !== undefined
      ? { group, rule, severity }
      : unnamed(kind === 'authentication', entity, risk)
  return { decision, alert }
}

/** What an alert is told apart by, and how grave it is. */
export type AlertOutline = Pick<AlertDraft, 'group' | 'rule' | 'severity'>

/** The rule of alerts that no finding leads. */
export const UNUSUAL = 'unusual'

function unnamed(signIn: boolean, entity: string, risk: number): AlertOutline {
  return {
    group: `unusual:${signIn ? 'sign-in' : 'activity'}:${entity}`,
    rule: UNUSUAL,
    severity: risk >= 95 ? 'high' : risk >= 85 ? 'medium' : 'low',
  }
}

function namedDraft(
  input: EnrichedEvent,
  findings: readonly Finding[],
): Omit<AlertDraft, 'techniques'> | null {
  const lead = leadingFinding(findings)
  const rule = lead === undefined ? undefined : rules.find(({ code }) => code === lead.code)
  if (lead === undefined || rule === undefined) return null
  return {
    group: lead.campaign ?? `${lead.code}:${input.entity.key}`,
    rule: lead.code,
    title: lead.campaign === undefined ? `${rule.title}: ${input.entity.name}` : rule.title,
    severity: lead.severity,
    runbook: rule.runbook,
  }
}

/** The alert that a decided assessment proposes; null where it raises none. */
export function draftAlert(input: EnrichedEvent, out: Assessment): AlertDraft | null {
  if (!out.alerted) return null
  const techniques = [...new Set(out.findings.flatMap((finding) => finding.techniques))]
  const named = namedDraft(input, out.findings)
  if (named !== null) return { ...named, techniques, ...belongingOf(input, out) }
  const strongest = strongestTerms(out, 2)
  const signIn = isAuthentication(input)
  return {
    ...unnamed(signIn, input.entity.key, out.risk),
    title: `Unusual ${signIn ? 'sign-in' : 'activity'} of ${input.entity.name}: ${strongest.join(' and ')}`,
    techniques: ['T1078'],
    runbook: signIn
      ? 'Ask the person, by a way other than this account, whether it was them. If not: end the sessions, reset the credentials and read what was done since.'
      : 'Ask who holds this identity whether they did this. If not: revoke its credentials and sessions, and read everything it did since its last ordinary event.',
    ...belongingOf(input, out),
  }
}

/** By what an alert is known to belong to others. */
function belongingOf(
  input: EnrichedEvent,
  { signals }: Assessment,
): Pick<AlertDraft, 'origin' | 'wave'> {
  const { newPrefix, newDevice, campaign } = signals
  const prefix = input.context.network?.prefix
  if (newPrefix !== true || prefix === undefined) return {}
  const isStranger = newDevice === true && isAuthentication(input) && input.event.status_id === 1
  return {
    origin: prefix,
    ...(isStranger && campaign > 0 ? { wave: campaignKeyOf(campaign) } : {}),
  }
}

function leadingFinding(findings: readonly Finding[]): Finding | undefined {
  const rank = { low: 0, medium: 1, high: 2, critical: 3 }
  return findings.toSorted(
    (a, b) =>
      rank[b.severity] - rank[a.severity] ||
      Number(b.campaign !== undefined) - Number(a.campaign !== undefined) ||
      b.points - a.points ||
      (a.code < b.code ? -1 : 1),
  )[0]
}

function strongestTerms(out: Assessment, count: number): string[] {
  const { points } = attribute(out)
  return [...points.keys()]
    .filter((i) => (points[i] ?? 0) > 0)
    .sort((a, b) => (points[b] ?? 0) - (points[a] ?? 0) || a - b)
    .slice(0, count)
    .map((i) => catalogue[i]?.label ?? '')
}
