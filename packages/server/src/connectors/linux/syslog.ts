import type { Origin } from '../connector.ts'
import { type Fields, isFields } from '../values/fields.ts'
import { readEpoch, readIso } from '../values/time.ts'

/** A line of syslog, taken apart. */
export interface SyslogLine {
  /** ms UTC; NaN where the line names none. */
  readonly time: number
  /** What the line says of the time. */
  readonly said: unknown
  readonly host: string | undefined
  /** The program that wrote it; undefined for a message without header. */
  readonly program: string | undefined
  readonly pid: string | undefined
  readonly message: string
}

const day = 86_400_000
const months = 'JanFebMarAprMayJunJulAugSepOctNovDec'
const priority = /^<\d{1,3}>/
const traditional = /^([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d) (\S{1,255}) /
const precise = /^(\d{4}-\d\d-\d\dT[\d:.,]{8,18}(?:Z|[+-]\d\d:?\d\d)?) (\S{1,255}) /
const modern =
  /^1 (\d{4}-\d\d-\d\dT[\d:.]{8,18}(?:Z|[+-]\d\d:\d\d)|-) (\S{1,255}) (\S{1,48}) (\S{1,128}) \S{1,32} /
const tag = /^([A-Za-z][\w./-]{0,60})(?:\[(\d{1,10})\])?: ?/

/**
 * Reads a line as rsyslog and journald write it: RFC 3164 (`Mar 27 13:06:56 host sshd[12]: ...`), RFC 3339 times, RFC 5424, and
 * records of `journalctl -o json`. Undefined for anything else. RFC 3164 has neither year nor zone: the zone is UTC, the year the last
 * in which the line was not written later than a day after the file (`origin.written`, else `origin.now`). Linear.
 */
export function readSyslog(record: unknown, origin: Origin): SyslogLine | undefined {
  if (isFields(record)) return readJournal(record)
  if (typeof record !== 'string') return undefined
  const line = record.replace(priority, '')
  return readTraditional(line, origin) ?? readPrecise(line) ?? readModern(line)
}

function readTraditional(line: string, origin: Origin): SyslogLine | undefined {
  const found = traditional.exec(line)
  if (found === null) return undefined
  const [head, name = '', date, hour, minute, second, host] = found
  const month = months.indexOf(name) / 3
  if (!Number.isInteger(month) || month < 0) return undefined
  const latest = (origin.written ?? origin.now) + day
  const clock = [Number(date), Number(hour), Number(minute), Number(second)] as const
  const time = lastBefore(latest, month, clock)
  return { time, said: head.slice(0, 15), host, ...tagged(line.slice(head.length)) }
}

/** The last such date and hour before a moment; the 29th of February comes once in 4 or 8 years. */
function lastBefore(
  latest: number,
  month: number,
  [date, hour, minute, second]: readonly [number, number, number, number],
): number {
  if (hour > 23 || minute > 59 || second > 60) return Number.NaN
  const year = new Date(latest).getUTCFullYear()
  for (let back = 0; back < 9; back++) {
    const time = Date.UTC(year - back, month, date, hour, minute, Math.min(second, 59))
    if (time <= latest && new Date(time).getUTCDate() === date) return time
  }
  return Number.NaN
}

function readPrecise(line: string): SyslogLine | undefined {
  const found = precise.exec(line)
  if (found === null) return undefined
  const [head, said = '', host] = found
  const rest = tagged(line.slice(head.length))
  return rest.program === undefined ? undefined : { time: readIso(said), said, host, ...rest }
}

function readModern(line: string): SyslogLine | undefined {
  const found = modern.exec(line)
  if (found === null) return undefined
  const [head, said = '', host, program, pid] = found
  const message = withoutData(line.slice(head.length))
  return {
    time: readIso(said),
    said,
    host: host === '-' ? undefined : host,
    program,
    pid: pid === '-' ? undefined : pid,
    message: message.replace(/^\uFEFF/, ''),
  }
}

/** Structured data stands in brackets, or is a dash; inside quotes a bracket is no end. */
function withoutData(text: string): string {
  if (text.startsWith('- ')) return text.slice(2)
  let isText = false
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (char === '\\') i++
    else if (char === '"') isText = !isText
    else if (char === ']' && !isText && text[i + 1] !== '[') return text.slice(i + 2)
  }
  return text
}

function tagged(text: string): Pick<SyslogLine, 'program' | 'pid' | 'message'> {
  const found = tag.exec(text)
  if (found === null) return { program: undefined, pid: undefined, message: text }
  return { program: found[1], pid: found[2], message: text.slice(found[0].length) }
}

function readJournal(record: Fields): SyslogLine | undefined {
  const said = record.__REALTIME_TIMESTAMP
  const { MESSAGE, SYSLOG_IDENTIFIER, _COMM, _HOSTNAME, _PID, SYSLOG_PID } = record
  if (said === undefined || typeof MESSAGE !== 'string') return undefined
  return {
    time: readEpoch(said, 'us'),
    said,
    host: textIn(_HOSTNAME),
    program: textIn(SYSLOG_IDENTIFIER) ?? textIn(_COMM),
    pid: textIn(_PID) ?? textIn(SYSLOG_PID),
    message: MESSAGE,
  }
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, 255) : undefined
}
