/** Says how long work goes: one line that redraws itself on a terminal, a line every tenth elsewhere. */
export interface Progress {
  /** A line of text; a bar under way is redrawn below it. */
  say(text: string): void
  /** `done` of `total`; equal ends the bar. */
  bar(label: string, done: number, total: number): void
}

const width = 30

/** Progress on this stream. */
export function createProgress(stream: NodeJS.WriteStream): Progress {
  let drawn = ''
  let tenth = -1

  function draw(line: string): void {
    stream.write(`\r\x1b[2K${line}`)
    drawn = line
  }

  return {
    say(text) {
      if (drawn === '') return void stream.write(`${text}\n`)
      const line = drawn
      stream.write(`\r\x1b[2K${text}\n`)
      draw(line)
    },
    bar(label, done, total) {
      const share = total === 0 ? 1 : Math.min(1, done / total)
      const finished = done >= total
      const percent = `${Math.floor(share * 100)} %`
      if (!stream.isTTY) {
        const now = Math.floor(share * 10)
        if (now > tenth) stream.write(`${label}: ${percent}\n`)
        tenth = finished ? -1 : Math.max(now, tenth)
        return
      }
      const full = Math.round(share * width)
      draw(`${label} [${'#'.repeat(full)}${'.'.repeat(width - full)}] ${percent}`)
      if (!finished) return
      stream.write('\n')
      drawn = ''
    },
  }
}
