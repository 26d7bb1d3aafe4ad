import { ErrorBody } from '@gatewatch/schema'

/** A call that did not succeed. `status` 0: the server could not be reached; -1: it answered something this page does not understand. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly details: readonly { readonly path: string; readonly message: string }[]

  constructor(status: number, code: string, message: string, details: ApiError['details'] = []) {
    super(message)
    this.status = status
    this.code = code
    this.details = details
  }
}

/** Anything that checks an answer and gives it its type, e.g. a zod schema. */
interface Checker<T> {
  safeParse(
    value: unknown,
  ): { success: true; data: T } | { success: false; error: { message: string } }
}

/** How a call is made; GET without a body, otherwise POST with JSON, unless `method` says so. */
export interface CallOptions {
  readonly method?: 'DELETE' | 'PATCH' | 'POST'
  readonly body?: unknown
  readonly signal?: AbortSignal
}

/** Calls the API on the page's own origin with its session cookie and answers checked content; throws ApiError otherwise. */
export async function request<T>(
  path: string,
  answer: Checker<T>,
  options: CallOptions = {},
): Promise<T> {
  const response = await send(path, options)
  const parsed = answer.safeParse(await readJson(response))
  if (parsed.success) return parsed.data
  throw new ApiError(-1, 'unexpected_answer', parsed.error.message)
}

/** The same for calls whose answer has no content that matters. */
export async function requestNothing(path: string, options: CallOptions = {}): Promise<void> {
  await send(path, options)
}

async function send(path: string, { method, body, signal }: CallOptions): Promise<Response> {
  const init: RequestInit = {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    credentials: 'same-origin',
    headers: { accept: 'application/json' },
  }
  if (signal) init.signal = signal
  if (body !== undefined) {
    init.headers = { accept: 'application/json', 'content-type': 'application/json' }
    init.body = JSON.stringify(body)
  }
  const response = await fetch(path, init).catch((cause: unknown) => {
    if (signal?.aborted) throw cause
    throw new ApiError(0, 'unreachable', 'The server could not be reached')
  })
  if (!response.ok) throw await readError(response)
  return response
}

async function readError(response: Response): Promise<ApiError> {
  const body = ErrorBody.safeParse(await readJson(response))
  if (!body.success) return new ApiError(response.status, 'http_error', response.statusText)
  const { code, message, details } = body.data.error
  return new ApiError(response.status, code, message, details)
}

async function readJson(response: Response): Promise<unknown> {
  return response.json().catch(() => undefined)
}
