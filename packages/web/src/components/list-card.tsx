import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { Failure, Loading } from './states.tsx'
import './list-card.css'

interface ListCardProps<Row> {
  /** What an infinite query gives. */
  readonly query: {
    readonly error: Error | null
    readonly hasNextPage: boolean
    readonly isFetchingNextPage: boolean
    refetch(): unknown
    fetchNextPage(): unknown
  }
  /** Undefined until the first page has come. */
  readonly rows: readonly Row[] | undefined
  /** What stands there when no row does. */
  readonly empty: ReactNode
  /** The word on the button for the next page. */
  readonly more: string
  readonly children: (rows: readonly Row[]) => ReactNode
}

/** A long list as a card: on its way, failed, empty or there, with a button for older rows. */
export function ListCard<Row>({ query, rows, empty, more, children }: ListCardProps<Row>) {
  return (
    <>
      <section className="card list-card">
        {!rows && query.error && <Failure error={query.error} retry={() => query.refetch()} />}
        {!rows && !query.error && <Loading lines={10} />}
        {rows && (rows.length > 0 ? children(rows) : empty)}
      </section>
      {query.hasNextPage && (
        <p className="list-more">
          <Button
            variant="default"
            loading={query.isFetchingNextPage}
            onClick={() => query.fetchNextPage()}
          >
            {more}
          </Button>
        </p>
      )}
    </>
  )
}
