/** The steps of a runbook: its lines or, where it is one line, its sentences; without bullets and numbers. */
export function runbookSteps(runbook: string): string[] {
  const lines = runbook.split('\n').filter((line) => line.trim() !== '')
  const steps = lines.length > 1 ? lines : runbook.split(/(?<=[.!?])\s+(?=\p{Lu})/u)
  const bare = steps.map((step) => step.replace(/^\s*(?:[-*•]|\d+[.)])\s+/, '').trim())
  return [...new Set(bare.filter((step) => step !== ''))]
}
