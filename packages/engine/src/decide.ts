import type { EnrichedEvent } from '@gatewatch/schema'
import { attribute } from './attribute.ts'
import { catalogue } from './features/catalogue.ts'
import { isAuthentication } from './features/read.ts'
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
  const named = out.findings.some(
    (finding) =>
      finding.severity === 'critical' ||
      finding.campaign !== undefined ||
      (finding.severity === 'high' && out.risk >= policy.challengeAt),
  )
  if (out.risk >= policy.denyAt && !young) out.decision = 'deny'
  else if (out.risk >= policy.challengeAt || critical) out.decision = 'challenge'
  else out.decision = 'allow'
  const harmless = isAuthentication(input) && failsOnCredentials(input)
  out.alerted =
    named || (!young && !harmless && out.risk >= Math.min(100, policy.alertAt + out.alertShift))
}

/** The alert that a decided assessment proposes; null where it raises none. */
export function draftAlert(input: EnrichedEvent, out: Assessment): AlertDraft | null {
  if (!out.alerted) return null
  const lead = leadingFinding(out.findings)
  const rule = lead === undefined ? undefined : rules.find(({ code }) => code === lead.code)
  const techniques = [...new Set(out.findings.flatMap((finding) => finding.techniques))]
  if (lead !== undefined && rule !== undefined) {
    return {
      group: lead.campaign ?? `${lead.code}:${input.entity.key}`,
      title: lead.campaign === undefined ? `${rule.title}: ${input.entity.name}` : rule.title,
      severity: lead.severity,
      techniques,
      runbook: rule.runbook,
    }
  }
  const strongest = strongestTerms(out, 2)
  const signIn = input.event.class_uid === 3002
  return {
    group: `unusual:${signIn ? 'sign-in' : 'activity'}:${input.entity.key}`,
    title: `Unusual ${signIn ? 'sign-in' : 'activity'} of ${input.entity.name}: ${strongest.join(' and ')}`,
    severity: out.risk >= 95 ? 'high' : out.risk >= 85 ? 'medium' : 'low',
    techniques: ['T1078'],
    runbook: signIn
      ? 'Ask the person, by a way other than this account, whether it was them. If not: end the sessions, reset the credentials and read what was done since.'
      : 'Ask who holds this identity whether they did this. If not: revoke its credentials and sessions, and read everything it did since its last ordinary event.',
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
