import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Empty, Failure } from '../../components/states.tsx'
import { text } from '../../text.ts'
import { Page } from './page.tsx'

/** For addresses that name no page. */
export function NotFoundPage() {
  return (
    <Page title={text.states.notFound}>
      <Empty title={text.states.notFound}>{text.states.notFoundBody}</Empty>
      <Link to="/">{text.states.toOverview}</Link>
    </Page>
  )
}

/** For a page that threw: the frame around it stays usable. */
export function PageBroke({ error }: { readonly error: unknown }) {
  return (
    <Page title={text.states.crashed}>
      <Failure error={error} />
      <Button variant="default" onClick={() => window.location.reload()}>
        {text.states.retry}
      </Button>
    </Page>
  )
}
