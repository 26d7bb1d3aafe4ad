import { useQuery, useQueryClient } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { useCallback } from 'react'
import { sessionQuery } from '../api/session.ts'
import { LogoIcon } from '../components/icons.tsx'
import { Failure } from '../components/states.tsx'
import { LiveProvider } from '../features/live/live-context.tsx'
import { SignIn } from '../features/session/sign-in.tsx'
import { text } from '../text.ts'
import { router } from './router.tsx'
import './gate.css'

const AGAIN = 5000

/** Lets in whoever has a session; everybody else sees the sign-in form, or that the server is away. */
export function Gate() {
  const queries = useQueryClient()
  const session = useQuery({
    ...sessionQuery,
    refetchInterval: (query) => (query.state.status === 'error' ? AGAIN : false),
  })
  const checkSession = useCallback(() => {
    void queries.invalidateQueries({ queryKey: sessionQuery.queryKey })
  }, [queries])

  if (session.data) {
    return (
      <LiveProvider onLost={checkSession}>
        <RouterProvider router={router} />
      </LiveProvider>
    )
  }
  if (session.data === null) return <SignIn linkGone={cameByDeadLink(window.location)} />
  return (
    <main className="gate" aria-label={text.product}>
      <LogoIcon />
      {session.error && <Failure error={session.error} retry={() => session.refetch()} />}
    </main>
  )
}

/** The one-time link that no longer works sends the reader on with ?signin=expired. */
function cameByDeadLink(page: { readonly search: string }): boolean {
  return new URLSearchParams(page.search).has('signin')
}
