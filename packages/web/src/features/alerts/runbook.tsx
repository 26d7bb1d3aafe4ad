import { Card } from '../../components/card.tsx'
import { text } from '../../text.ts'
import { runbookSteps } from './runbook-steps.ts'
import './runbook.css'

/** What to do about an alert: each line of the runbook is a step. */
export function RunbookCard({ runbook }: { readonly runbook: string }) {
  return (
    <Card title={text.alert.runbook}>
      <ol className="runbook">
        {runbookSteps(runbook).map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </Card>
  )
}
