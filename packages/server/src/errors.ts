/** One thing that is wrong with a request, by path. */
export interface FaultDetail {
  readonly path: string
  readonly message: string
}

/** Every error the API answers: stable code -> HTTP status and what to do about it. */
export const ERRORS = {
  invalid_request: { status: 400, message: 'The request does not fit its schema; see details.' },
  malformed_json: { status: 400, message: 'The body is not valid JSON.' },
  malformed_gzip: { status: 400, message: 'The body says gzip but cannot be unpacked.' },
  empty_body: { status: 400, message: 'The body is empty; send JSON.' },
  unauthenticated: {
    status: 401,
    message:
      'Who is asking? Send "Authorization: Bearer gw_..." (make a key with `gatewatch keys create`) or sign in.',
  },
  wrong_credentials: { status: 401, message: 'The user name or password is wrong.' },
  link_expired: {
    status: 401,
    message:
      'This sign-in link was used or has expired. Restart Gatewatch or run `gatewatch users link` for a new one.',
  },
  forbidden: { status: 403, message: 'Your role does not allow this.' },
  foreign_origin: {
    status: 403,
    message:
      'The request comes from another site. Call from the dashboard, set GATEWATCH_PUBLIC_URL, or use an API key.',
  },
  not_found: { status: 404, message: 'There is nothing here.' },
  body_too_large: { status: 413, message: 'The body is larger than 32 MB; send it in parts.' },
  expands_too_much: {
    status: 413,
    message:
      'The gzip body unpacks to more than allowed (64 MB, or 200 times its size); send it in parts.',
  },
  unsupported_media_type: {
    status: 415,
    message:
      'Send application/json (or application/x-ndjson to /v1/events), plain or with Content-Encoding: gzip.',
  },
  rate_limited: { status: 429, message: 'Too many requests; wait as Retry-After says.' },
  internal: {
    status: 500,
    message: 'Something failed inside. The log has it under this request id.',
  },
  overloaded: {
    status: 503,
    message: 'The queue is full; nothing was taken. Retry as Retry-After says.',
  },
  store_unavailable: {
    status: 503,
    message: 'The database cannot be reached; nothing was taken. Retry as Retry-After says.',
  },
} as const satisfies Record<string, { status: number; message: string }>

/** A code of the table. */
export type ErrorCode = keyof typeof ERRORS

/** An error that a caller may see. */
export interface Fault extends Error {
  readonly code: ErrorCode
  readonly details?: readonly FaultDetail[]
}

/** Makes the error of this code; `message` says more than the table where it can, `details` name the fields. */
export function fault(
  code: ErrorCode,
  message: string = ERRORS[code].message,
  details?: readonly FaultDetail[],
): Fault {
  return Object.assign(new Error(message), details === undefined ? { code } : { code, details })
}

/** Is this an error that a caller may see? Errors of ports carry codes of the same table. */
export function isFault(error: unknown): error is Fault {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    Object.hasOwn(ERRORS, error.code)
  )
}
