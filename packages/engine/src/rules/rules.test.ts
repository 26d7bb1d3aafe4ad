import { describe, expect, test } from 'vitest'
import { checkRule } from '../testing/check-rule.ts'
import { exampleInput, neutralEvent, neutralSignals, unknownSignals } from '../testing/neutral.ts'
import type { Finding } from '../types.ts'
import { evaluateRules, found, type Rule, ruleOf, rules } from './index.ts'

describe('every rule keeps the contract', () => {
  for (const rule of rules) {
    test(rule.code, () => expect(checkRule(rule)).toEqual([]))
  }

  test('and no two share a code or a title', () => {
    expect(new Set(rules.map((rule) => rule.code)).size).toBe(rules.length)
    expect(new Set(rules.map((rule) => rule.title)).size).toBe(rules.length)
  })
})

describe('the contract itself', () => {
  const honest = rules[0] as Rule

  test('names a rule that fires on unknown signals', () => {
    const careless: Rule = { ...honest, when: () => found(careless, {}) }
    const problems = checkRule(careless).join('\n')
    expect(problems).toContain('speaks although travel is unknown')
    expect(problems).toContain('speaks although every signal is unknown')
    expect(problems).toContain('must say nothing')
  })

  test('names a silent rule, a bad technique and points out of range', () => {
    const silent: Rule = { ...honest, techniques: ['1078'], points: 40, when: () => null }
    const problems = checkRule(silent).join('\n')
    expect(problems).toContain('says nothing')
    expect(problems).toContain('technique')
    expect(problems).toContain('points')
  })
})

describe('evaluating all rules', () => {
  test('finds nothing in an ordinary sign-in and leaves the list as it was', () => {
    const into: Finding[] = []
    expect(evaluateRules({ input: neutralEvent(), signals: neutralSignals() }, into)).toBe(into)
    expect(into).toEqual([])
  })

  test('finds nothing where nothing is known', () => {
    expect(evaluateRules({ input: neutralEvent(), signals: unknownSignals() })).toEqual([])
  })

  test('lists every rule that an event meets', () => {
    const findings = evaluateRules(
      exampleInput({
        name: 'guessed, from a new country on a new device',
        signals: { newCountry: true, newDevice: true, newPrefix: true, failures60m: 9 },
      }),
    )
    expect(findings.map((finding) => finding.code)).toEqual([
      'new_country_and_device',
      'brute_force_success',
    ])
  })

  test('finds a rule by its code', () => {
    expect(ruleOf('impossible_travel')?.title).toBe('Impossible travel')
    expect(ruleOf('country')).toBeUndefined()
  })
})
