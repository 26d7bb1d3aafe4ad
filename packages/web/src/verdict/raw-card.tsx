import type { AccessEvent } from '@gatewatch/schema'
import { Button } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { Card } from '../components/card.tsx'
import { text } from '../text.ts'
import { printable } from './printable.ts'
import './raw.css'

interface RawCardProps {
  /** The record as it came; absent where the source's raw text is not kept. */
  readonly raw: string | undefined
  readonly event: AccessEvent
}

/** The record as text, never as markup, and the same in common words. */
export function RawCard({ raw, event }: RawCardProps) {
  const normalised = JSON.stringify(event, null, 2)
  return (
    <Card title={text.raw.title} note={raw === undefined ? text.raw.none : text.raw.lead}>
      {raw !== undefined && <Record content={printable(raw)} copy={raw} />}
      <details className="raw-more" open={raw === undefined}>
        <summary>{text.raw.normalised}</summary>
        <Record content={normalised} copy={normalised} />
      </details>
    </Card>
  )
}

function Record({ content, copy }: { readonly content: string; readonly copy: string }) {
  const clipboard = useClipboard()
  return (
    <div className="raw">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to be reachable by keyboard */}
      <pre tabIndex={0}>{content}</pre>
      <Button variant="default" size="compact-xs" onClick={() => clipboard.copy(copy)}>
        {clipboard.copied ? text.raw.copied : text.raw.copy}
      </Button>
    </div>
  )
}
