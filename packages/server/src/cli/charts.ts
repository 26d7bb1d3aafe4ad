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

/** Lines in a frame, with a key. The first line is drawn thicker. Text is escaped. */
export function lineChart(title: string, x: Axis, y: Axis, lines: readonly Line[]): string {
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
  const drawn = lines.map(({ points }, i) => {
    const inside = points.filter(([a, b]) => a >= x.from && a <= x.to && Number.isFinite(b))
    const path = inside.map(([a, b]) => `${fixed(across(a))},${fixed(up(b))}`).join(' ')
    return `<polyline points="${path}" fill="none" stroke="${COLOURS[i % COLOURS.length]}" stroke-width="${i === 0 ? 3 : 1.6}" stroke-linejoin="round"/>`
  })
  const key = lines.map(
    ({ name }, i) =>
      `<li><i style="background:${COLOURS[i % COLOURS.length]}"></i>${escaped(name)}</li>`,
  )
  return `<figure><figcaption>${escaped(title)}</figcaption><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(title)}">${grid.join('')}${drawn.join('')}<text x="${(LEFT + WIDTH) / 2}" y="${HEIGHT - 6}" text-anchor="middle">${escaped(x.name)}</text></svg><ul class="key">${key.join('')}</ul></figure>`
}

/** One named bar; `mark`, where given, is a line across it, such as what is asked for. NaN values are left out. */
export interface NamedBar {
  readonly name: string
  readonly value: number
  readonly label: string
  readonly mark?: number
}

/** Bars beside their names, on one scale from 0 to `most`. */
export function barChart(title: string, bars: readonly NamedBar[], most: number): string {
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
  return `<figure><figcaption>${escaped(title)}</figcaption><svg viewBox="0 0 ${WIDTH} ${Math.max(row, known.length * row)}" role="img" aria-label="${escaped(title)}">${drawn.join('')}</svg></figure>`
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
