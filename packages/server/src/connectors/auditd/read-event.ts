import type { Fields } from '../values/fields.ts'
import { readEpoch } from '../values/time.ts'

/** One record of an event: its type and what it says. */
export interface AuditRecord {
  readonly type: string
  readonly fields: Fields
}

/** The records that share a serial number. */
export interface AuditEvent {
  readonly node: string | undefined
  /** ms UTC. */
  readonly time: number
  readonly said: string
  readonly serial: string
  readonly records: readonly AuditRecord[]
}

/** Longest record that is looked at, in characters, and most records of an event. */
const LONGEST = 16 * 1024
const MOST = 64

const head =
  /^(?:node=(\S{1,255}) )?type=([A-Z0-9_[\]]{1,64}) msg=audit\((\d{1,12}\.\d{1,6}):(\d{1,20})\): ?/

/** Under which a record belongs to its event: machine, time and serial; undefined where the line is none of auditd. */
export function serialOf(line: string): string | undefined {
  const found = head.exec(line)
  return found === null ? undefined : `${found[1] ?? ''}/${found[3]}:${found[4]}`
}

/** Reads the lines of an event; undefined where the first is none of auditd. Lines of another serial are not looked at. Linear. */
export function readEvent(text: string): AuditEvent | undefined {
  const lines = text.split('\n', MOST)
  const found = head.exec(lines[0] ?? '')
  if (found === null) return undefined
  const serial = serialOf(lines[0] ?? '')
  const records = lines.flatMap((line) => {
    const one = head.exec(line)
    if (one === null || serialOf(line) !== serial) return []
    return [{ type: one[2] ?? '', fields: readFields(line.slice(one[0].length, LONGEST)) }]
  })
  return {
    node: found[1],
    time: readEpoch(found[3], 's'),
    said: found[3] ?? '',
    serial: found[4] ?? '',
    records,
  }
}

const value = (bare: string) =>
  `(?:"([^"]{0,8192})"|'([^']{0,12288})'|((?:${bare}[^\\s'"\\x1d]){0,8192}))`
/** auditd's own translations, behind a control character that some forwarders spell out and some leave out. */
const added = '(?:ARCH|SYSCALL|SADDR|(?:OA|FS|[AEOS])?UID|(?:FS|[EOS])?GID|ID)='
const ofRecord = new RegExp(
  `(?:(?<![\\w-])([A-Za-z][\\w-]{0,63})|(?<=[a-z0-9)])(?=${added})([A-Z]+))=${value(`(?!#035|${added})`)}`,
  'g',
)
/** A message's names are in small letters; what it says of others came from outside. */
const ofMessage = new RegExp(`(?<![\\w-])([a-z][\\w-]{0,63})()=${value('')}`, 'g')

/**
 * Fields of a record, its message's too. What stands in quotes was written by auditd, which writes names with odd characters in hexadecimal; the
 * first of a name counts, so that a message cannot change what the kernel says before it. Names in capitals are auditd's own translations.
 */
function readFields(text: string, form = ofRecord, into: Record<string, unknown> = {}): Fields {
  for (const [, plain, glued, double, single, bare] of text.matchAll(form)) {
    const name = plain ?? glued ?? ''
    if (name === '__proto__') continue
    if (single !== undefined && name === 'msg') readFields(single, ofMessage, into)
    else if (!Object.hasOwn(into, name))
      into[name] = double ?? single ?? (encoded.has(name) ? fromHex(bare ?? '') : bare)
  }
  return into
}

const encoded = new Set(['acct', 'exe', 'cmd', 'comm', 'cwd', 'name', 'proctitle', 'grp', 'data'])

/** Hexadecimal bytes as text: names are UTF-8, and NUL separates arguments. Anything else as it stands. */
function fromHex(text: string): string {
  if (text.length < 2 || text.length % 2 !== 0 || !/^[0-9A-F]+$/.test(text)) return text
  const bytes = Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))
  return new TextDecoder().decode(bytes).replaceAll('\u0000', ' ')
}
