import type { IncidentDetail } from '@gatewatch/schema'
import { Card } from '../../components/card.tsx'
import { EventRow } from '../../components/event-row.tsx'
import { formatDateTime } from '../../format.ts'
import { text } from '../../text.ts'
import './incidents.css'

const { incidents } = text

/** Every event of an incident in order, across sources and identities; those that raised an alert are marked. */
export function StoryCard({ incident }: { readonly incident: IncidentDetail }) {
  return (
    <Card title={incidents.story} note={incidents.storyNote}>
      {incident.storyline.length === 0 && <p className="dim">{incidents.storyNone}</p>}
      <ol className="recent story">
        {incident.storyline.map((event, n) => (
          <li
            key={`${event.uid} ${event.time}`}
            className={event.alert === null ? 'story-beside' : 'story-alert'}
          >
            {isAnotherDay(incident, n) && (
              <p className="story-day num">{formatDateTime(event.time).split(',')[0]}</p>
            )}
            {event.alert !== null && <span className="visually-hidden">{incidents.inAlert}</span>}
            <EventRow event={event} who="named" />
          </li>
        ))}
      </ol>
    </Card>
  )
}

function isAnotherDay({ storyline }: IncidentDetail, n: number): boolean {
  const [now, before] = [storyline[n], storyline[n - 1]]
  if (now === undefined || before === undefined) return true
  return new Date(now.time).toDateString() !== new Date(before.time).toDateString()
}
