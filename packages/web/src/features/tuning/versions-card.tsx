import type { TuningState } from '@gatewatch/schema'
import { Button } from '@mantine/core'
import { Card } from '../../components/card.tsx'
import { Moment } from '../../components/times.tsx'
import { text } from '../../text.ts'
import type { Draft } from './review-card.tsx'
import './tuning.css'

const { tuning } = text

interface TuningVersionsCardProps {
  readonly state: TuningState
  readonly mayTry: boolean
  readonly propose: (draft: Draft) => void
}

/** Who changed what, when and why, newest first; and the way back to each. */
export function TuningVersionsCard({ state, mayTry, propose }: TuningVersionsCardProps) {
  const back = (version: number) => (
    <Button variant="default" size="xs" onClick={() => propose({ kind: 'roll_back', version })}>
      {tuning.rollBack}
    </Button>
  )
  return (
    <Card title={tuning.history}>
      {state.history.length === 0 && <p className="dim">{tuning.historyNone}</p>}
      <ol className="tuned">
        {state.history.slice(0, 30).map((one) => (
          <li key={one.version}>
            <div>
              <p className="tuned-what">{one.change}</p>
              <p>{one.why}</p>
              <p className="dim">
                {tuning.version(one.version)} · {one.by} · <Moment time={one.time} as="short" />
                {one.version === state.version && ` · ${tuning.inEffect}`}
              </p>
            </div>
            {mayTry && one.version !== state.version && back(one.version)}
          </li>
        ))}
        {state.version > 0 && (
          <li>
            <p className="tuned-what">{tuning.shipped}</p>
            {mayTry && back(0)}
          </li>
        )}
      </ol>
    </Card>
  )
}
