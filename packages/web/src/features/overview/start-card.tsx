import { Card } from '../../components/card.tsx'
import { text } from '../../text.ts'
import './start-card.css'

/** For an organisation without a single event: the two commands that bring the first ones. */
export function StartCard() {
  return (
    <Card title={text.overview.startTitle} note={text.overview.startBody}>
      <pre className="start">
        {`${text.overview.startKey}\n${text.overview.startSend}'${window.location.origin}/v1/events?format=auto'`}
      </pre>
      <a href="/docs">{text.overview.startDocs}</a>
    </Card>
  )
}
