import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { detectionsQuery } from '../../api/quality.ts'
import { Card } from '../../components/card.tsx'
import { Failure, Loading } from '../../components/states.tsx'
import { DetectionRows } from '../../features/detections/detection-list.tsx'
import { text } from '../../text.ts'
import { Page } from './page.tsx'

const { detections: words } = text

/** Every rule and habit with what it is, how often it noticed something, and how people judged that. */
export function DetectionsPage() {
  const { data, error, refetch } = useQuery(detectionsQuery)
  const of = (kind: 'rule' | 'habit') => data?.detections.filter((one) => one.kind === kind) ?? []
  return (
    <Page
      title={words.title}
      lead={<p className="page-lead">{words.lead}</p>}
      aside={<Link to="/models">{words.models}</Link>}
    >
      {!data &&
        (error ? <Failure error={error} retry={() => refetch()} /> : <Loading lines={12} />)}
      {data && (
        <div className="column">
          <Card title={words.rules} note={words.rulesNote}>
            <DetectionRows detections={of('rule')} events={data.events} />
          </Card>
          <Card title={words.habits} note={words.habitsNote}>
            <DetectionRows detections={of('habit')} events={data.events} />
          </Card>
        </div>
      )}
    </Page>
  )
}
