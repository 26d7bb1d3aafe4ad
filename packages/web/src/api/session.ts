import { SessionInfo } from '@gatewatch/schema'
import { queryOptions } from '@tanstack/react-query'
import { ApiError, request, requestNothing } from './request.ts'

/** Who is signed in; null: nobody. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) =>
    request('/v1/session', SessionInfo, { signal }).catch((error: unknown) => {
      if (error instanceof ApiError && error.status === 401) return null
      throw error
    }),
  staleTime: Number.POSITIVE_INFINITY,
})

/** Signs in; the server answers with a session cookie. */
export function signIn(user: string, password: string): Promise<void> {
  return requestNothing('/v1/session', { body: { user, password } })
}

/** Ends the session on the server. */
export function signOut(): Promise<void> {
  return requestNothing('/v1/session', { method: 'DELETE' })
}
