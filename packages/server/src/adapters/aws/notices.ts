/** An object of S3. */
export interface ObjectName {
  readonly bucket: string
  readonly key: string
}

/** What a message in a queue tells: objects to be read, records themselves, nothing, or nothing that can be understood. */
export type Notice =
  | { readonly kind: 'objects'; readonly objects: readonly ObjectName[] }
  | { readonly kind: 'records'; readonly text: string }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'broken'; readonly why: string }

/** Objects of a trail that hold no events. */
const OTHER = /(^|\/)CloudTrail-(Digest|Insight)(\/|$)/
/** Messages stand in one another at most this deep: of S3 in SNS in SQS. */
const DEEPEST = 3

/**
 * Reads a message: of S3 (by itself or through SNS), CloudTrail or EventBridge about objects that were written, the test that S3 sends, or anything else in
 * JSON, which is records. Digests and insights of CloudTrail are left out. Never throws.
 */
export function readNotice(text: string, depth = 0): Notice {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return { kind: 'broken', why: 'the message is not JSON' }
  }
  const message = fields(parsed)
  if (message === null) return { kind: 'records', text }
  const { Event, TopicArn, Message, s3Bucket, s3ObjectKey, Records, detail } = message
  if (Event === 's3:TestEvent') return { kind: 'nothing' }
  if (typeof TopicArn === 'string' && typeof Message === 'string' && depth < DEEPEST)
    return readNotice(Message, depth + 1)
  if (typeof s3Bucket === 'string' && Array.isArray(s3ObjectKey))
    return objects(s3ObjectKey.map((key) => ({ bucket: s3Bucket, key })))
  if (Array.isArray(Records) && Records.length > 0 && Records.every(isOfS3))
    return objects(Records.flatMap(written))
  if (message['detail-type'] === 'Object Created') {
    const of = fields(detail)
    return objects([{ bucket: fields(of?.bucket)?.name, key: fields(of?.object)?.key }])
  }
  return { kind: 'records', text }
}

function isOfS3(record: unknown): boolean {
  const of = fields(record)
  return of?.eventSource === 'aws:s3' && fields(of.s3) !== null
}

/** S3 writes keys as in the query of an address. */
function written(record: unknown): { bucket: unknown; key: unknown }[] {
  const { eventName, s3 } = fields(record) ?? {}
  if (!/^(s3:)?ObjectCreated:/.test(String(eventName))) return []
  const of = fields(s3)
  const key = fields(of?.object)?.key
  if (typeof key !== 'string') return [{ bucket: undefined, key }]
  try {
    return [{ bucket: fields(of?.bucket)?.name, key: decodeURIComponent(key.replaceAll('+', ' ')) }]
  } catch {
    return [{ bucket: undefined, key }]
  }
}

function objects(named: readonly { readonly bucket: unknown; readonly key: unknown }[]): Notice {
  const found: ObjectName[] = []
  for (const { bucket, key } of named) {
    if (typeof bucket !== 'string' || typeof key !== 'string' || key === '')
      return { kind: 'broken', why: 'the message names no object as S3 names them' }
    if (!OTHER.test(key) && !key.endsWith('/')) found.push({ bucket, key })
  }
  return found.length === 0 ? { kind: 'nothing' } : { kind: 'objects', objects: found }
}

function fields(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null
}
