import { type Fields, fieldsOf, isFields, type Reader, readerOf } from '../values/fields.ts'

/** An event of a Windows log, whatever wrote it down. */
export interface WindowsRecord {
  /** Number of the event; NaN where there is none. */
  readonly id: number
  readonly time: unknown
  readonly record: unknown
  readonly computer: unknown
  readonly channel: unknown
  /** What the event itself tells, under Windows' own names read plain (`targetusername`). */
  readonly get: Reader
}

/** Longest event that is looked at, in characters. */
const LONGEST = 64 * 1024

/** Reads an event as XML, as Winlogbeat writes it, or with a field for each name (NXLog and others); undefined for anything else. */
export function readRecord(value: unknown): WindowsRecord | undefined {
  if (typeof value === 'string') return readXml(value)
  if (!isFields(value)) return undefined
  return value.winlog === undefined && value['winlog.event_id'] === undefined
    ? readFlat(value)
    : readWinlogbeat(value)
}

const system = {
  id: /<EventID(?: [^>]{0,64})?>(\d{1,6})<\/EventID>/,
  time: /<TimeCreated SystemTime=['"]([^'"]{1,40})['"]/,
  record: /<EventRecordID>(\d{1,20})<\/EventRecordID>/,
  computer: /<Computer>([^<]{1,255})<\/Computer>/,
  channel: /<Channel>([^<]{1,128})<\/Channel>/,
}
const data = /<Data Name=(?:'([^']{1,64})'|"([^"]{1,64})")(?:\s?\/>|>([^<]{0,8192})<\/Data>)/g
const subject = /<(Subject[A-Za-z]{1,32})>([^<]{0,1024})<\//g

/** What somebody chose stands escaped in XML: no value can forge an element. */
function readXml(text: string): WindowsRecord | undefined {
  if (!/^\s*(<\?xml[^>]{0,200}\?>\s*)?<Event[ >\r\n]/.test(text.slice(0, 400))) return undefined
  const event = text.slice(0, LONGEST)
  const end = event.search(/<(EventData|UserData)[ >]/)
  const head = end === -1 ? event : event.slice(0, end)
  const of = (form: RegExp) => form.exec(head)?.[1]
  const id = of(system.id)
  if (id === undefined) return undefined
  const values: Record<string, unknown> = {}
  const body = end === -1 ? '' : event.slice(end)
  for (const [, single, double, value] of body.matchAll(data))
    values[single ?? double ?? ''] = unescaped(value ?? '')
  for (const [, name = '', value = ''] of body.matchAll(subject)) values[name] = unescaped(value)
  return {
    id: Number(id),
    time: of(system.time),
    record: of(system.record),
    computer: unescaped(of(system.computer) ?? ''),
    channel: of(system.channel),
    get: readerOf(values),
  }
}

const entities: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
}

function unescaped(text: string): string {
  return text.replace(
    /&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));/g,
    (whole, name, ten, hex) => {
      if (name !== undefined) return entities[name] ?? whole
      const code = ten === undefined ? Number.parseInt(hex, 16) : Number(ten)
      return code <= 0x10ffff ? String.fromCodePoint(code) : ''
    },
  )
}

function readWinlogbeat(record: Fields): WindowsRecord | undefined {
  const dotted = Object.entries(record).filter(([name]) => name.startsWith('winlog.'))
  const winlog: Fields = isFields(record.winlog)
    ? record.winlog
    : Object.fromEntries(dotted.map(([name, value]) => [name.slice(7), value]))
  const flat = Object.entries(winlog)
    .filter(([name]) => name.startsWith('event_data.'))
    .map(([name, value]) => [name.slice(11), value] as const)
  const id = idOf(winlog.event_id)
  if (Number.isNaN(id)) return undefined
  return {
    id,
    time: record['@timestamp'],
    record: winlog.record_id,
    computer: winlog.computer_name,
    channel: winlog.channel,
    get: readerOf(
      fieldsOf(winlog.event_data),
      Object.fromEntries(flat),
      fieldsOf(winlog.user_data),
    ),
  }
}

function readFlat(record: Fields): WindowsRecord | undefined {
  if (!('EventID' in record) && !('EventId' in record)) return undefined
  const get = readerOf(record)
  const id = idOf(get('eventid'))
  const computer = get('computer', 'hostname', 'computername')
  const channel = get('channel', 'logname')
  const isWindows =
    computer !== undefined &&
    (channel ?? get('sourcename', 'providername', 'targetusername', 'activity')) !== undefined
  if (Number.isNaN(id) || !isWindows) return undefined
  return {
    id,
    time: get('timecreated', 'eventtime', 'timegenerated', 'timestamp'),
    record: get('eventrecordid', 'recordnumber', 'recordid'),
    computer,
    channel,
    get,
  }
}

function idOf(said: unknown): number {
  const text = typeof said === 'number' ? String(said) : said
  return typeof text === 'string' && /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN
}
