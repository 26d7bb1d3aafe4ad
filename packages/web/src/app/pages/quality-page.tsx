import { SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { qualityQuery } from '../../api/quality.ts'
import { sessionQuery } from '../../api/session.ts'
import { Failure, Loading } from '../../components/states.tsx'
import {
  AnswerCard,
  BudgetCard,
  ShareCard,
  VerdictsCard,
} from '../../features/quality/quality-cards.tsx'
import { text } from '../../text.ts'
import { Page } from './page.tsx'

const { quality: words } = text
const DAYS = [7, 30, 90] as const

/** What the address holds; 30 days are what one sees without saying anything. */
export interface QualitySearch {
  readonly days?: 7 | 90
}

/** Reads the address; what it does not understand counts as not said. */
export function parseQualitySearch(search: Record<string, unknown>): QualitySearch {
  const days = ([7, 90] as const).find((known) => known === Number(search.days))
  return days ? { days } : {}
}

/** How right the alerts were by people's verdicts, how many there were, and how long they waited. */
export function QualityPage() {
  const { days = 30 } = useSearch({ from: '/quality' })
  const navigate = useNavigate({ from: '/quality' })
  const { data, error, refetch } = useQuery(qualityQuery(days))
  const session = useQuery(sessionQuery).data
  return (
    <Page
      title={words.title}
      lead={
        <p className="page-lead">
          {words.lead} {session?.demo && <strong>{words.demo}</strong>}
        </p>
      }
      aside={
        <SegmentedControl
          size="xs"
          aria-label={words.days}
          value={String(days)}
          onChange={(value) => navigate({ search: parseQualitySearch({ days: value }) })}
          data={DAYS.map((one) => ({ value: String(one), label: words.daysOf(one) }))}
        />
      }
    >
      {!data &&
        (error ? <Failure error={error} retry={() => refetch()} /> : <Loading lines={10} />)}
      {data && (
        <div className="columns">
          <div className="column">
            <ShareCard title={words.precision} note={words.precisionNote} share={data.precision} />
            <BudgetCard budget={data.budget} />
          </div>
          <div className="column">
            <ShareCard title={words.worthIt} note={words.worthItNote} share={data.worth_it} />
            <VerdictsCard quality={data} />
            <AnswerCard acknowledged={data.acknowledged} />
          </div>
        </div>
      )}
    </Page>
  )
}
