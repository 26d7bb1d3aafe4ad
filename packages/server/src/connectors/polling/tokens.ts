import { fieldsOf } from '../values/fields.ts'
import { numberOf, textOf } from '../values/text.ts'
import { ask } from './ask.ts'

/** Seconds before its end at which a token is not used any more. */
const MARGIN_S = 60

/**
 * Bearer tokens of an OAuth token endpoint: kept until a minute before their end, fetched anew with `fresh`. `form` is asked each time, as it
 * may be signed with the time. Rejects where the endpoint gives none, without the secret in the message.
 */
export function bearerTokens(
  endpoint: string,
  form: () => Record<string, string>,
  now: () => number,
): (fresh: boolean) => Promise<Record<string, string>> {
  let held: { readonly token: string; readonly until: number } | undefined
  return async (fresh) => {
    if (fresh || held === undefined || held.until <= now()) {
      const body = new URLSearchParams(form())
      const answer = await ask(endpoint, { method: 'POST', body }, now())
      const given = answer.kind === 'ok' ? fieldsOf(answer.body) : {}
      const token = textOf(given.access_token, 16_384)
      if (token === undefined)
        throw new Error(
          `no token from ${new URL(endpoint).origin}: ${answer.kind === 'ok' ? 'the answer holds none' : answer.why}`,
        )
      held = { token, until: now() + ((numberOf(given.expires_in) ?? 300) - MARGIN_S) * 1000 }
    }
    return { authorization: `Bearer ${held.token}` }
  }
}
