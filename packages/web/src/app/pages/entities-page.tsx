import { TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { entitiesQuery } from '../../api/entities.ts'
import { Empty, Failure, Loading } from '../../components/states.tsx'
import { Moment } from '../../components/times.tsx'
import { text } from '../../text.ts'
import { Page } from './page.tsx'
import './entities-page.css'

const AFTER_TYPING = 250

/** Everybody and everything that was seen, last seen first; the search is in the address. */
export function EntitiesPage() {
  const { search = '' } = useSearch({ from: '/identities' })
  const navigate = useNavigate({ from: '/identities' })
  const { data, error, refetch } = useQuery(entitiesQuery(search))
  const find = useDebouncedCallback((typed: string) => {
    navigate({ search: typed.trim() ? { search: typed.trim() } : {}, replace: true })
  }, AFTER_TYPING)
  return (
    <Page
      title={text.entities.title}
      aside={
        <TextInput
          type="search"
          aria-label={text.entities.search}
          placeholder={text.entities.searchHint}
          defaultValue={search}
          maxLength={320}
          onChange={(event) => find(event.currentTarget.value)}
        />
      }
    >
      <section className="card entities-card">
        {!data &&
          (error ? <Failure error={error} retry={() => refetch()} /> : <Loading lines={10} />)}
        {data?.entities.length === 0 && (
          <Empty title={search ? text.entities.noneFound : text.entities.none} />
        )}
        <ul>
          {data?.entities.map((entity) => (
            <li key={entity.key}>
              <Link to="/identities/$key" params={{ key: entity.key }} className="entity-row">
                <span className="entity-names">
                  <span className="entity-name">{entity.name}</span>
                  <span className="dim">{text.entity[entity.class]}</span>
                  <span className="entity-key mono">{entity.key}</span>
                </span>
                <span className="num">
                  {entity.open_alerts > 0 && text.overview.topAlerts(entity.open_alerts)}
                </span>
                <span className="dim entity-seen">
                  {text.entities.lastSeen} <Moment time={entity.last_seen} as="ago" />
                </span>
              </Link>
            </li>
          ))}
        </ul>
      </section>
      {data && data.entities.length >= 200 && <p className="entities-most">{text.entities.most}</p>}
    </Page>
  )
}
