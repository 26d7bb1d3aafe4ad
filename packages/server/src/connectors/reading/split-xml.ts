import { StringDecoder } from 'node:string_decoder'
import { MAX_RAW, MAX_RECORD, megabytes, type Piece, type Splitter } from './piece.ts'

const end = '</Event>'
const begin = /<Event[ >\r\n]/
/** What belongs to a list of events. */
const own = /<\?xml[^>]{0,200}\?>|<\/?Events[^>]{0,200}>/g
const marks = ['<Event ', '<Event>', '<Event\r', '<Event\n'] as const

/** Does a file begin like a list of events of Windows, or with one? */
export function isEventXml(head: string): boolean {
  return /^\s*(<\?xml[^>]{0,200}\?>\s*)?<Events?[ >\r\n]/.test(head.slice(0, 1_000))
}

/**
 * Takes XML of the Windows event log apart into one text an event, whether the events stand in a list, one a line or over many lines.
 * What stands between two events is passed over where it is the list's own, and is a piece with the reason where it is not.
 */
export function xmlSplitter(): Splitter {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  let line = 1
  /** Up to here there is no end in `rest`: it is not searched again. */
  let searched = 0

  function take(isEnd: boolean): Piece[] {
    const pieces: Piece[] = []
    for (;;) {
      const stop = rest.indexOf(end, searched)
      if (stop === -1) break
      pieces.push(...event(rest.slice(0, stop + end.length)))
      rest = rest.slice(stop + end.length)
      searched = 0
    }
    searched = Math.max(0, rest.length - end.length)
    if (rest.length > MAX_RECORD) {
      pieces.push(bad(rest, `an event of more than ${megabytes(MAX_RECORD)}, which is the limit`))
      rest = ''
      searched = 0
    }
    if (isEnd) {
      const from = rest.search(begin)
      pieces.push(...between(from === -1 ? rest : rest.slice(0, from)))
      if (from !== -1)
        pieces.push(bad(rest.slice(from), 'not valid XML: the file ends in the middle of an event'))
    }
    return pieces
  }

  function event(text: string): Piece[] {
    const first = text.search(begin)
    if (first === -1) return [bad(text, 'not valid XML: the end of an event without its beginning')]
    const pieces = between(text.slice(0, first))
    // Whatever a value says stands escaped: a second beginning is that of another event.
    const from = Math.max(first, ...marks.map((mark) => text.lastIndexOf(mark)))
    const broken = text.slice(first, from)
    if (broken !== '') pieces.push(bad(broken, 'not valid XML: the event ends in the middle'))
    const value = text.slice(from)
    pieces.push({ line, raw: Buffer.from(value), value })
    pass(value)
    return pieces
  }

  function between(text: string): Piece[] {
    if (text.replace(own, '').trim() !== '') return [bad(text, 'what stands there is no event')]
    pass(text)
    return []
  }

  function bad(text: string, reason: string): Piece {
    const piece: Piece = { line, raw: Buffer.from(text.slice(0, MAX_RAW)), reason }
    pass(text)
    return piece
  }

  function pass(text: string): void {
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) line++
  }

  return {
    push(chunk) {
      rest += decoder.write(chunk)
      return take(false)
    },
    end() {
      rest += decoder.end()
      return take(true)
    },
  }
}
