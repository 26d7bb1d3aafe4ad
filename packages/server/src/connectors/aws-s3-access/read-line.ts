import type { Fields } from '../values/fields.ts'
import { readIso } from '../values/time.ts'

const head =
  /^(\S{1,128}) (\S{1,255}) \[(\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\] (\S{1,64}) (\S{1,1024}) (\S{1,128}) ([A-Z0-9]{2,16}(?:\.[A-Z0-9_]{1,64}){1,4}) (\S{1,8192}) /
const outcome = /^" (\d{3}|-) (\S{1,128}) (\d{1,20}|-) (\d{1,20}|-) (\d{1,20}|-) (\d{1,20}|-) /

/** Does the text begin as a line of a server access log of S3? */
export function isAccessLine(text: string): boolean {
  return head.test(text)
}

/**
 * A line of a server access log under the names of the documentation; undefined for any other text. What a client sent (request,
 * referrer, user agent) stands in quotes that nothing escapes: a request holds no blank, so that it ends at its first quote before a
 * status; the user agent ends at the last quote before the words that S3 itself writes. Linear.
 */
export function readLine(text: string): Fields | undefined {
  const found = head.exec(text)
  if (found === null) return undefined
  const [whole, bucketowner, bucket, time, remoteip, requester, requestid, operation, key] = found
  const begun = { bucketowner, bucket, time, remoteip, requester, requestid, operation, key }
  let rest = text.slice(whole.length)
  // A request that S3 made itself has no quotes around its dash.
  const quoted = rest.startsWith('"')
  let at = quoted ? 1 : 0
  for (;;) {
    const end = quoted ? rest.indexOf('" ', at) : rest.startsWith('- ') ? 1 : -1
    if (end === -1) return begun
    const said = outcome.exec(
      quoted ? rest.slice(end, end + 300) : `"${rest.slice(end, end + 300)}`,
    )
    if (said === null) {
      if (!quoted) return begun
      at = end + 1
      continue
    }
    const [matched, httpstatus, errorcode, bytessent, objectsize, totaltime, turnaroundtime] = said
    const requesturi = quoted ? rest.slice(1, end) : undefined
    rest = rest.slice(end + matched.length - (quoted ? 0 : 1))
    const times = { totaltime, turnaroundtime }
    return {
      ...begun,
      requesturi,
      httpstatus,
      errorcode,
      bytessent,
      objectsize,
      ...times,
      ...tail(rest),
    }
  }
}

function tail(rest: string): Fields {
  const isQuoted = rest.startsWith('"')
  const referrer = isQuoted ? rest.indexOf('" ', 1) : rest.indexOf(' ')
  if (referrer === -1) return {}
  const agent = rest.slice(referrer + (isQuoted ? 2 : 1))
  if (!agent.startsWith('"')) return {}
  const end = agent.lastIndexOf('" ')
  if (end < 1) return { useragent: agent.slice(1).replace(/"$/, '') }
  const [, , , , , hostheader, , accesspointarn] = agent.slice(end + 2, end + 4096).split(' ', 8)
  return { useragent: agent.slice(1, end), hostheader, accesspointarn }
}

/** `plans.s3.eu-north-1.amazonaws.com`, `s3-eu-west-1.amazonaws.com`; undefined where an endpoint or ARN names no region. */
export function regionOf(host: string | undefined, arn: string | undefined): string | undefined {
  const named = /^arn:[a-z-]{3,16}:s3[a-z-]{0,32}:([a-z]{2}(?:-[a-z]{1,16}){1,3}-\d):/.exec(
    arn ?? '',
  )?.[1]
  const endpoint =
    /(?:^|\.)s3[a-z-]{0,24}[.-](?:(?:dualstack|fips)[.-])?([a-z]{2}(?:-[a-z]{1,16}){1,3}-\d)\.amazonaws\.com(?:\.cn)?$/
  return named ?? endpoint.exec(host ?? '')?.[1]
}

const months = 'JanFebMarAprMayJunJulAugSepOctNovDec'

/** `06/Feb/2019:00:00:38 +0000`, ms UTC; NaN where it is none. */
export function readLogTime(said: unknown): number {
  if (typeof said !== 'string') return Number.NaN
  const found = /^\[?(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d{4})\]?$/.exec(
    said.trim(),
  )
  const month = months.indexOf(found?.[2] ?? '?') / 3 + 1
  if (found === null || !Number.isInteger(month) || month < 1) return Number.NaN
  return readIso(`${found[3]}-${String(month).padStart(2, '0')}-${found[1]}T${found[4]}${found[5]}`)
}
