import { escaped } from './page.ts'

/** A line of a chart: points in the units of the axes, in rising x. */
export interface Line {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
}

/** One axis: its ends, and where it is labelled. */
export interface Axis {
  readonly name: string
  readonly from: number
  readonly to: number
  readonly isLog?: boolean
  readonly ticks: readonly (readonly [at: number, label: string])[]
}

const WIDTH = 460
const HEIGHT = 300
const LEFT = 42
const RIGHT = 20
const BOTTOM = 40
const COLOURS = [
  '#2f6fd0',
  '#c8452f',
  '#2f8f5b',
  '#d08a1d',
  '#8a5cc2',
  '#3a9aa8',
  '#b0558f',
  '#7a7f87',
]

/** A picture, to be shown in a page or kept as a file of its own. */
export interface Picture {
  readonly title: string
  readonly height: number
  /** SVG elements, text escaped; colours of the page by name. */
  readonly drawn: string
  /** What each colour stands for. */
  readonly key: readonly (readonly [name: string, colour: string])[]
}

/** A picture as part of a page, with its title and key. */
export function figure({ title, height, drawn, key }: Picture): string {
  const items = key.map(
    ([name, colour]) => `<li><i style="background:${colour}"></i>${escaped(name)}</li>`,
  )
  const list = key.length === 0 ? '' : `<ul class="key">${items.join('')}</ul>`
  return `<figure><figcaption>${escaped(title)}</figcaption><svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}">${drawn}</svg>${list}</figure>`
}

/** A picture as an SVG file of its own, title and key within. */
export function svgFile({ title, height, drawn, key }: Picture): string {
  const row = 16
  const whole = 28 + height + key.length * row + 8
  const items = key.map(([name, colour], i) => {
    const y = 28 + height + (i + 1) * row
    return `<rect x="12" y="${y - 6}" width="14" height="4" fill="${colour}"/><text x="32" y="${y}">${escaped(name)}</text>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${whole}" width="${2 * WIDTH}" role="img"><title>${escaped(title)}</title><style>svg{--line:#dde3ea;--up:#c8452f;--ink:#16202c;background:#fff}text{font:12px system-ui,sans-serif;fill:#5b6b7c}</style><text x="12" y="18" style="font-size:14px;fill:#16202c">${escaped(title)}</text><g transform="translate(0 28)">${drawn}</g>${items.join('')}</svg>\n`
}

/** Lines in a frame, with a key. The first line is drawn thicker. Text is escaped. */
export function lineChart(title: string, x: Axis, y: Axis, lines: readonly Line[]): Picture {
  const { across, up, grid } = frame(x, y)
  const drawn = lines.map(({ points }, i) => {
    const inside = points.filter(([a, b]) => a >= x.from && a <= x.to && Number.isFinite(b))
    const path = inside.map(([a, b]) => `${fixed(across(a))},${fixed(up(b))}`).join(' ')
    return `<polyline points="${path}" fill="none" stroke="${colourOf(i)}" stroke-width="${i === 0 ? 3 : 1.6}" stroke-linejoin="round"/>`
  })
  return {
    title,
    height: HEIGHT,
    drawn: `${grid}${drawn.join('')}`,
    key: lines.map(({ name }, i) => [name, colourOf(i)] as const),
  }
}

/** Dots in a frame, those of later groups over those of earlier ones; what lies outside stands at the edge. */
export function dotChart(title: string, x: Axis, y: Axis, groups: readonly Line[]): Picture {
  const { across, up, grid } = frame(x, y)
  const drawn = groups.map(({ points }, i) => {
    const dots = points.map(
      ([a, b]) =>
        `<circle cx="${fixed(across(a))}" cy="${fixed(up(b))}" r="${i === 0 ? 1.5 : 2.5}"/>`,
    )
    return `<g fill="${colourOf(i)}" fill-opacity="${i === 0 ? 0.35 : 0.8}">${dots.join('')}</g>`
  })
  return {
    title,
    height: HEIGHT,
    drawn: `${grid}${drawn.join('')}`,
    key: groups.map(({ name }, i) => [name, colourOf(i)] as const),
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
    const y = 30 + r * 50
    const cells = counts.map((count, c) => {
      const x = 150 + c * 150
      const share = total === 0 ? 0 : count / total
      return `<rect x="${x}" y="${y}" width="146" height="46" rx="3" fill="${colourOf(0)}" fill-opacity="${(0.08 + 0.6 * share).toFixed(2)}"/><text x="${x + 73}" y="${y + 28}" text-anchor="middle">${count} (${(100 * share).toFixed(1)} %)</text>`
    })
    return [`<text x="140" y="${y + 28}" text-anchor="end">${escaped(name)}</text>`, ...cells]
  })
  const heads = columns.map(
    (name, c) => `<text x="${223 + c * 150}" y="20" text-anchor="middle">${escaped(name)}</text>`,
  )
  return { title, height: 34 + rows.length * 50, drawn: [...heads, ...drawn].join(''), key: [] }
}

const colourOf = (i: number) => COLOURS[i % COLOURS.length] ?? ''

function frame(x: Axis, y: Axis) {
  const across = (value: number) => LEFT + place(x, value) * (WIDTH - LEFT - RIGHT)
  const up = (value: number) => (1 - place(y, value)) * (HEIGHT - BOTTOM - 8) + 8
  const grid = [
    ...x.ticks.map(
      ([at, label]) =>
        `<line x1="${fixed(across(at))}" x2="${fixed(across(at))}" y1="8" y2="${HEIGHT - BOTTOM}" stroke="var(--line)"/><text x="${fixed(across(at))}" y="${HEIGHT - BOTTOM + 15}" text-anchor="middle">${escaped(label)}</text>`,
    ),
    ...y.ticks.map(
      ([at, label]) =>
        `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${fixed(up(at))}" y2="${fixed(up(at))}" stroke="var(--line)"/><text x="${LEFT - 5}" y="${fixed(up(at) + 4)}" text-anchor="end">${escaped(label)}</text>`,
    ),
  ]
  const name = `<text x="${(LEFT + WIDTH) / 2}" y="${HEIGHT - 6}" text-anchor="middle">${escaped(x.name)}</text>`
  return { across, up, grid: `${grid.join('')}${name}` }
}

/** One named bar; `mark`, where given, is a line across it, such as what is asked for. NaN values are left out. */
export interface NamedBar {
  readonly name: string
  readonly value: number
  readonly label: string
  readonly mark?: number
}

/** Bars beside their names, on one scale from 0 to `most`. */
export function barChart(title: string, bars: readonly NamedBar[], most: number): Picture {
  const row = 24
  const from = 150
  const span = WIDTH - from - 75
  const known = bars.filter(({ value }) => Number.isFinite(value))
  const drawn = known.map(({ name, value, label, mark }, i) => {
    const y = i * row
    const width = (Math.max(0, Math.min(most, value)) / most) * span
    const asked =
      mark === undefined
        ? ''
        : `<line x1="${fixed(from + (mark / most) * span)}" x2="${fixed(from + (mark / most) * span)}" y1="${y + 1}" y2="${y + row - 3}" stroke="var(--up)" stroke-width="2"/>`
    return `<text x="${from - 6}" y="${y + 15}" text-anchor="end">${escaped(name.length > 24 ? `${name.slice(0, 23)}…` : name)}</text><rect x="${from}" y="${y + 3}" width="${fixed(width)}" height="${row - 8}" rx="2" fill="${COLOURS[0]}"><title>${escaped(name)}: ${escaped(label)}</title></rect>${asked}<text x="${fixed(from + width + 5)}" y="${y + 15}">${escaped(label)}</text>`
  })
  return { title, height: Math.max(row, known.length * row), drawn: drawn.join(''), key: [] }
}

function place({ from, to, isLog }: Axis, value: number): number {
  const share =
    isLog === true
      ? Math.log(Math.max(from, value) / from) / Math.log(to / from)
      : (value - from) / (to - from)
  return Math.max(0, Math.min(1, share))
}

function fixed(value: number): string {
  return value.toFixed(1)
}
