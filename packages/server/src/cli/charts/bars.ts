import { escaped } from '../page.ts'
import { colourOf } from './colours.ts'
import { type Axis, fixed } from './frame.ts'
import { type Picture, WIDTH } from './picture.ts'

/** One named bar; `mark`, where given, is a line across it, such as what is asked for. NaN values are left out. */
export interface NamedBar {
  readonly name: string
  readonly value: number
  readonly label: string
  readonly mark?: number
}

const ROW = 24
/** Characters of a name, and what one takes on a phone, where text is larger. */
const LONGEST = 34
const LETTER = 7.1
/** What the value beside the longest bar takes. */
const VALUE = 78

/** Bars beside their names, on one scale from 0 to `most`. */
export function barChart(title: string, bars: readonly NamedBar[], most: number): Picture {
  const known = bars.filter(({ value }) => Number.isFinite(value))
  const from = besideNames(known)
  const span = WIDTH - from - VALUE
  const drawn = known.map(({ name, value, label, mark }, i) => {
    const y = i * ROW
    const width = (Math.max(0, Math.min(most, value)) / most) * span
    const asked =
      mark === undefined
        ? ''
        : `<line x1="${fixed(from + (mark / most) * span)}" x2="${fixed(from + (mark / most) * span)}" y1="${y + 1}" y2="${y + ROW - 3}" stroke="var(--up)" stroke-width="2"/>`
    return `${nameAt(name, from, y)}<rect x="${from}" y="${y + 3}" width="${fixed(width)}" height="${ROW - 8}" rx="2" fill="${colourOf(0)}"><title>${escaped(name)}: ${escaped(label)}</title></rect>${asked}<text x="${fixed(from + width + 5)}" y="${y + 16}">${escaped(label)}</text>`
  })
  return { title, height: Math.max(ROW, known.length * ROW), drawn: drawn.join(''), key: [] }
}

/** Values with their intervals beside one name, one for each of `series`; an unknown one is left out. */
export interface NamedIntervals {
  readonly name: string
  readonly values: readonly {
    readonly value: number
    readonly interval: readonly [low: number, high: number]
  }[]
}

/** Values and their intervals as dots and whiskers, a name a row, on the scale of `x`. */
export function intervalChart(
  title: string,
  x: Axis,
  series: readonly string[],
  rows: readonly NamedIntervals[],
): Picture {
  const from = besideNames(rows)
  const to = WIDTH - 26
  const across = (value: number) =>
    from + Math.max(0, Math.min(1, (value - x.from) / (x.to - x.from))) * (to - from)
  const row = 12 + 12 * series.length
  const floor = 4 + rows.length * row
  const grid = x.ticks.map(([at, label]) => {
    const a = fixed(across(at))
    const colour = at === 0 ? 'var(--quiet)' : 'var(--line)'
    return `<line x1="${a}" x2="${a}" y1="4" y2="${floor}" stroke="${colour}"/><text x="${a}" y="${floor + 17}" text-anchor="middle">${escaped(label)}</text>`
  })
  const drawn = rows.map(({ name, values }, i) => {
    const top = 4 + i * row
    const dots = values.map(({ value, interval: [low, high] }, s) => {
      if (!Number.isFinite(value)) return ''
      const y = top + 12 + 12 * s
      const said = `${escaped(name)}: ${value.toFixed(1)} (${low.toFixed(1)} to ${high.toFixed(1)})`
      return `<g stroke="${colourOf(s)}" fill="${colourOf(s)}"><title>${said}</title><line x1="${fixed(across(low))}" x2="${fixed(across(high))}" y1="${y}" y2="${y}" stroke-width="2"/><circle cx="${fixed(across(value))}" cy="${y}" r="4"/></g>`
    })
    return `${nameAt(name, from, top + row / 2 - 12)}${dots.join('')}`
  })
  const unit = `<text x="${fixed((from + to) / 2)}" y="${floor + 36}" text-anchor="middle">${escaped(x.name)}</text>`
  return {
    title,
    height: floor + 44,
    drawn: `${grid.join('')}${drawn.join('')}${unit}`,
    key: series.map((name, s) => [name, colourOf(s)] as const),
  }
}

/** A table of two by two counts, each shaded by its share of its row. */
export function confusionChart(
  title: string,
  columns: readonly [string, string],
  rows: readonly (readonly [name: string, first: number, second: number])[],
): Picture {
  const drawn = rows.flatMap(([name, ...counts], r) => {
    const total = counts[0] + counts[1]
    const y = 30 + r * 60
    const cells = counts.map((count, c) => {
      const x = 100 + c * 176
      const share = total === 0 ? 0 : count / total
      return `<rect x="${x}" y="${y}" width="170" height="54" rx="3" fill="${colourOf(0)}" fill-opacity="${(0.06 + 0.34 * share).toFixed(2)}"/><text x="${x + 85}" y="${y + 32}" text-anchor="middle" style="fill:var(--ink)">${count} (${(100 * share).toFixed(1)} %)</text>`
    })
    return [`<text x="90" y="${y + 32}" text-anchor="end">${escaped(name)}</text>`, ...cells]
  })
  const heads = columns.map(
    (name, c) => `<text x="${185 + c * 176}" y="20" text-anchor="middle">${escaped(name)}</text>`,
  )
  return { title, height: 34 + rows.length * 60, drawn: [...heads, ...drawn].join(''), key: [] }
}

function besideNames(rows: readonly { readonly name: string }[]): number {
  const longest = Math.max(0, ...rows.map(({ name }) => Math.min(LONGEST, name.length)))
  return Math.max(80, Math.ceil(14 + LETTER * longest))
}

function nameAt(name: string, from: number, y: number): string {
  const shown = name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name
  return `<text x="${from - 8}" y="${y + 16}" text-anchor="end">${escaped(shown)}</text>`
}
