import { QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiError } from '../api/request.ts'
import { sessionQuery } from '../api/session.ts'

/**
 * Server state of the whole page. A call that says "not signed in" ends the session here too, wherever it was made.
 * Only what may pass by itself is tried again: an unreachable or failing server.
 */
export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError(error) {
      if (error instanceof ApiError && error.status === 401) {
        queryClient.setQueryData(sessionQuery.queryKey, null)
      }
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      networkMode: 'always',
      retry: (failures, error) =>
        failures < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 500),
      retryDelay: (attempt) => 1000 * 2 ** attempt,
    },
  },
})
