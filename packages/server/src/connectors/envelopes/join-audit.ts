import { serialOf } from '../auditd/read-event.ts'

/** Events whose records may still come: auditd writes those of several processors between one another. */
const OPEN = 32
/** Most lines of an event, and most characters. */
const MOST = 64
const LONGEST = 512 * 1024

/** A line of a text, or several that are one record, and the number of the first. */
export interface Joined {
  readonly line: number
  readonly text: string
}

/** Puts lines of auditd that share a serial number together; any other line stands for itself. */
export interface Joiner {
  /** Takes a line; what is whole now. */
  push(line: number, text: string): readonly Joined[]
  /** What is left. */
  end(): readonly Joined[]
}

/**
 * Joins the records of an event of auditd, in the order in which events began. An event is whole at its end record (`EOE`), at 64 lines or
 * half a million characters, or when 32 others have begun since; what comes for it later is an event of its own.
 */
export function auditJoiner(): Joiner {
  const open = new Map<
    string,
    { readonly line: number; readonly texts: string[]; length: number }
  >()

  function close(serial: string): Joined[] {
    const event = open.get(serial)
    open.delete(serial)
    return event === undefined ? [] : [{ line: event.line, text: event.texts.join('\n') }]
  }

  return {
    push(line, text) {
      const serial = serialOf(text)
      if (serial === undefined) return [{ line, text }]
      const event = open.get(serial) ?? { line, texts: [], length: 0 }
      open.set(serial, event)
      event.texts.push(text)
      event.length += text.length
      const isFull = event.texts.length === MOST || event.length >= LONGEST
      if (isFull || /^(?:node=\S{1,255} )?type=EOE /.test(text)) return close(serial)
      const [oldest] = open.keys()
      return open.size > OPEN && oldest !== undefined ? close(oldest) : []
    },
    end: () => [...open.keys()].flatMap(close),
  }
}
