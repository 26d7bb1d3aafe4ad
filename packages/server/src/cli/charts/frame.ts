import { escaped } from '../page.ts'
import { WIDTH } from './picture.ts'

/** One axis: its name with its unit, its ends, and where it is labelled. */
export interface Axis {
  readonly name: string
  readonly from: number
  readonly to: number
  readonly isLog?: boolean
  readonly ticks: readonly (readonly [at: number, label: string])[]
}

/** How high a frame is with the names of its axes. */
export const FRAME_HEIGHT = 315
const LEFT = 56
const RIGHT = 26
const TOP = 27
const BOTTOM = 46

/** An axis of plain numbers, labelled at round ones at least `least` apart. */
export function numbers(name: string, from: number, to: number, least = 0): Axis {
  const span = Math.max(to - from, 1e-9)
  const power = 10 ** Math.floor(Math.log10(span / 5))
  const step = Math.max(least, power * ([1, 2, 5].find((one) => span / (one * power) <= 6) ?? 10))
  const digits = Math.max(0, Math.min(4, -Math.floor(Math.log10(step) + 1e-9)))
  const first = Math.ceil(from / step - 1e-9)
  const last = Math.floor(to / step + 1e-9)
  const ticks = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => {
    const at = (first + i) * step
    const text = at.toFixed(digits)
    return [at, Math.abs(at) >= 10_000 ? `${Number((at / 1000).toFixed(1))}k` : text] as const
  })
  return { name, from, to: Math.max(to, from + 1e-9), ticks }
}

/** Where an axis of shares, 0 to 100 %, is labelled. */
export const shares: Axis['ticks'] = [0, 0.25, 0.5, 0.75, 1].map(
  (at) => [at, `${at * 100} %`] as const,
)

/** An axis of shares up to 100 %, logarithmic, from a power of ten on. */
export function logShares(name: string, from: number): Axis {
  const ticks: (readonly [number, string])[] = []
  for (let at = from; at < 1.1; at *= 10) ticks.push([at, `${Number((100 * at).toPrecision(1))} %`])
  return { name, from, to: 1, isLog: true, ticks }
}

/** The frame of a chart, and where values lie in it; what lies outside stands at the edge. */
export function frame(
  x: Axis,
  y: Axis,
): {
  readonly across: (value: number) => number
  readonly up: (value: number) => number
  readonly grid: string
} {
  const across = (value: number) => LEFT + place(x, value) * (WIDTH - LEFT - RIGHT)
  const up = (value: number) => (1 - place(y, value)) * (FRAME_HEIGHT - BOTTOM - TOP) + TOP
  const floor = FRAME_HEIGHT - BOTTOM
  const grid = [
    ...x.ticks.map(
      ([at, label]) =>
        `<line x1="${fixed(across(at))}" x2="${fixed(across(at))}" y1="${TOP}" y2="${floor}" stroke="var(--line)"/><text x="${fixed(across(at))}" y="${floor + 17}" text-anchor="middle">${escaped(label)}</text>`,
    ),
    ...y.ticks.map(
      ([at, label]) =>
        `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${fixed(up(at))}" y2="${fixed(up(at))}" stroke="var(--line)"/><text x="${LEFT - 6}" y="${fixed(up(at) + 4)}" text-anchor="end">${escaped(label)}</text>`,
    ),
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${FRAME_HEIGHT - 8}" text-anchor="middle">${escaped(x.name)}</text>`,
    `<text x="6" y="15">${escaped(y.name)}</text>`,
  ]
  return { across, up, grid: grid.join('') }
}

function place({ from, to, isLog }: Axis, value: number): number {
  const share =
    isLog === true
      ? Math.log(Math.max(from, value) / from) / Math.log(to / from)
      : (value - from) / (to - from)
  return Math.max(0, Math.min(1, share))
}

/** A coordinate as it is written. */
export function fixed(value: number): string {
  return value.toFixed(1)
}
