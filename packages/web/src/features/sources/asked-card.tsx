import type { SourceStatus } from '@gatewatch/schema'
import { Code } from '@mantine/core'
import { Fragment, type ReactNode } from 'react'
import { Card } from '../../components/card.tsx'
import { CheckIcon, CrossIcon } from '../../components/icons.tsx'
import { Empty } from '../../components/states.tsx'
import { Moment } from '../../components/times.tsx'
import { formatCount } from '../../format.ts'
import { text } from '../../text.ts'
import './sources.css'

const { sources } = text

/** Vendors that Gatewatch asks for their logs: state, place, counts and the last error of each. */
export function AskedCard({ list }: { readonly list: readonly SourceStatus[] }) {
  return (
    <Card title={sources.asked} note={sources.askedNote}>
      {list.length === 0 && (
        <Empty title={sources.askedNone}>
          {sources.askedHow} <Code>{sources.askedCommand}</Code>
        </Empty>
      )}
      <ul className="sources">
        {list.map((source) => (
          <li key={source.name} className="source">
            <p className="source-head">
              <span className="source-name">{source.name}</span>
              <span className="dim">{source.kind}</span>
              <StateMark source={source} />
            </p>
            {source.error !== null && <p className="source-error">{source.error}</p>}
            <dl className="source-facts num">
              {factsOf(source).map(([name, value]) => (
                <Fragment key={name}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </Fragment>
              ))}
            </dl>
          </li>
        ))}
      </ul>
    </Card>
  )
}

function StateMark({ source: { state } }: { readonly source: SourceStatus }) {
  return (
    <span className={`source-state source-${state}`} title={sources.stateMeaning[state]}>
      {state === 'failing' ? <CrossIcon /> : state !== 'new' && <CheckIcon />}
      {sources.states[state]}
    </span>
  )
}

function factsOf(source: SourceStatus): readonly (readonly [string, ReactNode])[] {
  const moment = (time: number | null) =>
    time === null ? sources.never : <Moment time={time} as="ago" />
  return [
    [sources.lag, moment(source.last_read)],
    [sources.lastEvent, moment(source.last_event)],
    [sources.events, formatCount(source.events)],
    [sources.unmapped, formatCount(source.unmapped)],
    [sources.dead, formatCount(source.dead_letters)],
  ]
}
