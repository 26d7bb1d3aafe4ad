import type { NotAssessedCode } from '@gatewatch/schema'
import { Card } from '../components/card.tsx'
import { text } from '../text.ts'
import './not-assessed.css'

/** What could not be judged, in words. Shows nothing where everything could. */
export function NotAssessedCard({ codes }: { readonly codes: readonly NotAssessedCode[] }) {
  if (codes.length === 0) return null
  return (
    <Card title={text.notAssessed.title} note={text.notAssessed.lead}>
      <ul className="not-assessed">
        {codes.map((code) => (
          <li key={code}>{text.notAssessed.codes[code]}</li>
        ))}
      </ul>
    </Card>
  )
}
