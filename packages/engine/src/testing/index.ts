export { checkRule } from './check-rule.ts'
export { exampleInput, neutralEvent, neutralSignals, unknownSignals } from './neutral.ts'
export { withoutEvidence } from './without-evidence.ts'
