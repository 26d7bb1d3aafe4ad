import { expect, test } from 'vitest'
import { runbookSteps } from './runbook-steps.ts'

test('lines are steps, without the bullets and numbers they came with', () => {
  expect(runbookSteps('1. Ask the person.\n- End the sessions.\n\n  2) Reset.')).toEqual([
    'Ask the person.',
    'End the sessions.',
    'Reset.',
  ])
})

test('a single line is split into sentences', () => {
  expect(runbookSteps('Ask the person. If not them, end the sessions.')).toEqual([
    'Ask the person.',
    'If not them, end the sessions.',
  ])
})
