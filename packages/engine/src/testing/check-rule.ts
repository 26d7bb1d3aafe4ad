import { eventKind, SEVERITIES } from '@gatewatch/schema'
import { MOST_POINTS, type Rule, type RuleExample } from '../rules/rule.ts'
import type { DetectorInput, Finding } from '../types.ts'
import { exampleInput, forget, unknownSignals } from './neutral.ts'

/**
 * The contract of a rule, for ours and for yours. Runs every example and looks at the metadata; returns one sentence
 * for each thing that is wrong, and an empty list for a rule that keeps its word.
 */
export function checkRule(rule: Rule): readonly string[] {
  return [
    ...checkMetadata(rule),
    ...rule.examples.hit.flatMap((example) => checkHit(rule, example)),
    ...rule.examples.miss.flatMap((example) => checkMiss(rule, example)),
  ]
}

function checkMetadata(rule: Rule): string[] {
  const problems: string[] = []
  const must = (holds: boolean, problem: string) => {
    if (!holds) problems.push(`${rule.code}: ${problem}`)
  }
  must(/^[a-z][a-z0-9_]+$/.test(rule.code), 'the code is not snake_case')
  must(rule.kinds.length > 0, 'looks at no kind of event')
  must(rule.techniques.length > 0, 'names no technique')
  must(
    rule.techniques.every((id) => /^T\d{4}(\.\d{3})?$/.test(id)),
    'a technique is not of the form T1078 or T1078.004',
  )
  must(SEVERITIES.includes(rule.severity), 'the severity is unknown')
  must(rule.points >= 0 && rule.points <= MOST_POINTS, `points are not in [0, ${MOST_POINTS}]`)
  for (const text of ['title', 'why', 'falsePositives', 'runbook'] as const) {
    must(rule[text].trim().length >= 8, `${text} says nothing`)
  }
  must(rule.examples.hit.length > 0, 'has no example that it reports')
  must(rule.examples.miss.length > 0, 'has no example that it leaves alone')
  return problems
}

function checkHit(rule: Rule, example: RuleExample): string[] {
  const at = `${rule.code}, "${example.name}"`
  const input = exampleInput(example)
  const finding = rule.when(input)
  if (finding === null) return [`${at}: says nothing`]
  const problems = checkFinding(rule, finding).map((problem) => `${at}: ${problem}`)
  if (!rule.kinds.includes(eventKind(input.input.event))) {
    problems.push(`${at}: the event is of a kind that the rule is never asked about`)
  }
  const again = rule.when(input)
  if (JSON.stringify(again) !== JSON.stringify(finding))
    problems.push(`${at}: says something else the second time`)
  return problems.concat(checkAbstains(rule, example, input, at))
}

function checkAbstains(
  rule: Rule,
  example: RuleExample,
  { input }: DetectorInput,
  at: string,
): string[] {
  const problems: string[] = []
  for (const name of example.needs ?? []) {
    const { signals } = exampleInput(example)
    const without = { ...signals }
    forget(without, name)
    if (rule.when({ input, signals: without }) !== null)
      problems.push(`${at}: speaks although ${name} is unknown`)
  }
  const blind = rule.when({ input, signals: unknownSignals() })
  if (blind === null) return problems
  if (example.needs?.length) problems.push(`${at}: speaks although every signal is unknown`)
  return problems.concat(
    checkFinding(rule, blind).map((problem) => `${at}, without signals: ${problem}`),
  )
}

function checkMiss(rule: Rule, example: RuleExample): string[] {
  const finding = rule.when(exampleInput(example))
  return finding === null ? [] : [`${rule.code}, "${example.name}": must say nothing`]
}

function checkFinding(rule: Rule, finding: Finding): string[] {
  const problems: string[] = []
  if (finding.code !== rule.code) problems.push(`the finding's code is ${finding.code}`)
  if (finding.severity !== rule.severity) problems.push('the finding has another severity')
  if (!Number.isFinite(finding.points) || finding.points < 0 || finding.points > rule.points) {
    problems.push(`${finding.points} points are not in [0, ${rule.points}]`)
  }
  for (const [name, value] of Object.entries(finding.facts)) {
    if (typeof value === 'number' && !Number.isFinite(value))
      problems.push(`the fact ${name} is ${value}`)
  }
  const sentence = rule.sentence(finding.facts)
  if (/undefined|NaN|null/.test(sentence) || sentence.length < 8)
    problems.push(`the sentence reads "${sentence}"`)
  return problems
}
