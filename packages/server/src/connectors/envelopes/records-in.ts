import { isFields, parseJson } from '../values/fields.ts'
import { auditJoiner, type Joined } from './join-audit.ts'
import { unpackedText } from './payload.ts'

/** Carriers stand in one another at most this deep: a log line in CloudWatch in Kinesis in SQS. */
const DEEPEST = 8
/** Characters that one value may unpack or be repeated to, whatever lies in what. */
const UNPACKED = 32 * 1024 * 1024
/** What lies around several records is repeated for each: at most this many times as long as the carrier (but 64 KB in any case). */
const REPEATED = 16
const ALWAYS_REPEATED = 64 * 1024

/**
 * The records in a parsed value: the items of a list or of a list's wrapper, what a queue, a topic, a stream or an export carries
 * (base64 and gzip undone), or the value itself. A record that tells of several events becomes one record an event. What a
 * carrier holds and is no record, such as a test message, is given as it stands. Never throws; linear in what it unpacks.
 */
export function recordsIn(value: unknown): readonly unknown[] {
  const room = { left: UNPACKED }
  const inner = opened(value, room)
  if (inner === undefined) return [value]
  const found: unknown[] = []
  for (const one of inner) collect(one, 1, room, found)
  return found
}

/** A record out of a carrier or a list as bytes, by itself: a line as it stands, else JSON, or a word where it is nested too deeply for it. */
export function recordBytes(record: unknown): Buffer {
  if (typeof record === 'string') return Buffer.from(record)
  try {
    return Buffer.from(JSON.stringify(record) ?? '')
  } catch {
    return Buffer.from('nested too deeply to be written')
  }
}

function collect(value: unknown, depth: number, room: Room, found: unknown[]): void {
  const inner = depth < DEEPEST ? opened(value, room) : undefined
  if (inner === undefined) found.push(value)
  else for (const one of inner) collect(one, depth + 1, room, found)
}

type Around = Readonly<Record<string, unknown>>
/** How much may still be unpacked or repeated: gzip in gzip would grow without measure. */
type Room = { left: number }
/** What the field holds, seen with the fields around it; undefined where it carries nothing. */
type Opener = (held: unknown, around: Around, room: Room) => readonly unknown[] | undefined

/** One look at each field's name decides: most records carry nothing. */
function opened(value: unknown, room: Room): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value
  if (!isFields(value)) return undefined
  for (const name in value) {
    const opener = openers.get(name)
    const inner = opener?.(value[name], value, room)
    if (inner !== undefined) return inner
  }
  return undefined
}

const list = (held: unknown): readonly unknown[] | undefined =>
  Array.isArray(held) && held.every(isFields) ? (held as unknown[]) : undefined

/** A list under a name that records use too: only where the wrapper says what it is. */
const listWhere =
  (isWrapper: (around: Around) => boolean): Opener =>
  (held, around) =>
    isWrapper(around) ? list(held) : undefined

const text =
  (isCarrier: (around: Around) => boolean): Opener =>
  (held, around) =>
    typeof held === 'string' && isCarrier(around) ? recordsOfText(held) : undefined

const packed =
  (isCarrier: (around: Around) => boolean): Opener =>
  (held, around, room) => {
    if (typeof held !== 'string' || !isCarrier(around)) return undefined
    const unpacked = unpackedText(held, room.left)
    if (unpacked === undefined) return undefined
    room.left -= unpacked.length
    return recordsOfText(unpacked)
  }

const inside =
  (name: string, opener: Opener): Opener =>
  (held, around, room) =>
    isFields(held) ? opener(held[name], { ...around, ...held }, room) : undefined

const has =
  (...names: readonly string[]) =>
  (around: Around) =>
    names.some((name) => name in around)

const openers = new Map<string, Opener>([
  // Lists of AWS, Microsoft, Google, Cognito, Duo and Elasticsearch.
  ['Records', list],
  ['records', list],
  ['value', list],
  ['Events', list],
  // Cognito answers for one user, whom only the caller knows.
  [
    'AuthEvents',
    (held, { Username, UserPoolId }, room) => {
      const events = list(held)
      if (events === undefined || !isRepeatableAround({ Username, UserPoolId }, events, room))
        return undefined
      return events.map((one) => ({ Username, UserPoolId, ...(one as Around) }))
    },
  ],
  ['authlogs', list],
  [
    'items',
    listWhere(
      ({ kind, cursor, has_more }) =>
        kind === 'admin#reports#activities' || (cursor !== undefined && has_more !== undefined),
    ),
  ],
  // Answers of Cloudflare's API.
  ['result', listWhere(has('success', 'result_info'))],
  ['entries', listWhere((around) => !has('protoPayload')(around))],
  ['receivedMessages', list],
  ['response', inside('authlogs', list)],
  ['hits', inside('hits', list)],
  ['_source', (held) => (isFields(held) ? [held] : undefined)],
  [
    'tables',
    (held, _, room) =>
      Array.isArray(held) ? held.flatMap((table) => rowsOfTable(table, room)) : undefined,
  ],
  ['events', (held, around, room) => eventsOfActivity(held, around, room)],
  ['protoPayload', (held, around, room) => eventsOfEntry(held, around, room)],
  // Queues, topics and streams.
  ['Body', text(has('MessageId', 'ReceiptHandle'))],
  ['body', text(has('messageId', 'receiptHandle'))],
  ['Message', text(has('TopicArn', 'TopicARN'))],
  [
    'Sns',
    inside(
      'Message',
      text(() => true),
    ),
  ],
  [
    'kinesis',
    inside(
      'data',
      packed(() => true),
    ),
  ],
  [
    'awslogs',
    inside(
      'data',
      packed(() => true),
    ),
  ],
  ['message', inside('data', packed(has('subscription', 'messageId', 'message_id')))],
  [
    'logEvents',
    (held, { messageType }) => (messageType === 'DATA_MESSAGE' ? messages(held) : undefined),
  ],
  [
    'data',
    (held, around, room) =>
      hooked(held) ?? answered(held, around, room) ?? firehose(held, around, room),
  ],
  ['detail', (held, around) => ('detail-type' in around && isFields(held) ? [held] : undefined)],
  ['CloudTrailEvent', text(() => true)],
])

/** May so many characters be written more than once, out of a carrier of so many? Takes them out of the room. */
function isRepeatable(repeated: number, carrier: number, room: Room): boolean {
  if (repeated > Math.min(ALWAYS_REPEATED + REPEATED * carrier, room.left)) return false
  room.left -= repeated
  return true
}

/** The same for what lies around each of `held`. */
function isRepeatableAround(around: unknown, held: readonly unknown[], room: Room): boolean {
  const length = lengthOf(around)
  return isRepeatable(length * held.length, length + lengthOf(held), room)
}

/** Characters of a value as JSON; without end where it is nested too deeply to be written. */
function lengthOf(value: unknown): number {
  try {
    return JSON.stringify(value)?.length ?? 0
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

/** One Google Workspace activity for each of its events; `eventIndex` tells them apart, as they share their id. */
function eventsOfActivity(
  held: unknown,
  around: Around,
  room: Room,
): readonly unknown[] | undefined {
  if (around.kind !== 'admin#reports#activity' || !Array.isArray(held) || held.length < 2)
    return undefined
  if (!isRepeatableAround({ ...around, events: [] }, held, room)) return undefined
  return held.map((event, eventIndex) => ({ ...around, events: [event], eventIndex }))
}

/** The same through Cloud Logging. */
function eventsOfEntry(held: unknown, around: Around, room: Room): readonly unknown[] | undefined {
  if (!isFields(held) || !isFields(held.metadata)) return undefined
  const { metadata } = held
  const events = metadata.event
  if (!Array.isArray(events) || events.length < 2) return undefined
  const entryWith = (event: readonly unknown[]) => ({
    ...around,
    protoPayload: { ...held, metadata: { ...metadata, event } },
  })
  if (!isRepeatableAround(entryWith([]), events, room)) return undefined
  return events.map((event, eventIndex) => ({ ...entryWith([event]), eventIndex }))
}

/** The events of an event hook. */
function hooked(held: unknown): readonly unknown[] | undefined {
  return isFields(held) && Array.isArray(held.events) && held.events.every(isFields)
    ? held.events
    : undefined
}

/** Firehose hands over nothing but the data, its number and its own notes. */
function isFirehose(around: Around): boolean {
  const own = ['data', 'recordId', 'approximateArrivalTimestamp', 'kinesisRecordMetadata']
  return Object.keys(around).every((name) => own.includes(name))
}

const firehose = packed(isFirehose)

/** An answer of OneLogin's API lies beside its status and pagination. */
const answered = listWhere(({ status, pagination }) => isFields(status) && isFields(pagination))

function messages(held: unknown): readonly unknown[] | undefined {
  if (!Array.isArray(held)) return undefined
  return held.flatMap((one) =>
    isFields(one) && typeof one.message === 'string' ? recordsOfText(one.message) : [one],
  )
}

/** Rows of an answer of Log Analytics, each under the names of its columns. */
function rowsOfTable(table: unknown, room: Room): readonly unknown[] {
  if (!isFields(table) || !Array.isArray(table.columns) || !Array.isArray(table.rows))
    return [table]
  const names = table.columns.map((column) => (isFields(column) ? String(column.name) : ''))
  const upTo = [0]
  for (const name of names) upTo.push((upTo.at(-1) ?? 0) + name.length)
  const repeated = table.rows.reduce<number>(
    (sum, row) => sum + (Array.isArray(row) ? (upTo[Math.min(row.length, names.length)] ?? 0) : 0),
    0,
  )
  if (!isRepeatable(repeated, lengthOf(table), room)) return [table]
  return table.rows.map((row) =>
    Array.isArray(row)
      ? Object.fromEntries(row.slice(0, names.length).map((cell, i) => [names[i] ?? '', cell]))
      : row,
  )
}

/** JSON, one value a line or all of it; else the lines as they stand. */
function recordsOfText(content: string): readonly unknown[] {
  const whole = jsonOf(content)
  if (whole !== undefined) return [whole]
  const lines = content.split('\n').filter((line) => line.trim() !== '')
  const joiner = auditJoiner()
  const records = lines.flatMap((line, i) => {
    const json = jsonOf(line)
    return json === undefined ? joined(joiner.push(i + 1, line.replace(/\r$/, ''))) : [json]
  })
  return [...records, ...joined(joiner.end())]
}

function joined(some: readonly Joined[]): string[] {
  return some.map(({ text }) => text)
}

function jsonOf(content: string): unknown {
  const first = content.trimStart()[0]
  if (first !== '{' && first !== '[') return undefined
  try {
    return parseJson(content)
  } catch {
    return undefined
  }
}
