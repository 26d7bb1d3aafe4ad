import { colourOf } from './colours.ts'
import { type Axis, FRAME_HEIGHT, fixed, frame } from './frame.ts'
import type { Picture } from './picture.ts'

/** A line of a chart: points in the units of the axes, in rising x. */
export interface Line {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
}

/** Lines in a frame, with a key. The first line is drawn thicker, each point of short ones is marked. Text is escaped. */
export function lineChart(title: string, x: Axis, y: Axis, lines: readonly Line[]): Picture {
  const { across, up, grid } = frame(x, y)
  const drawn = lines.map(({ points }, i) => {
    const inside = points
      .filter(([a, b]) => a >= x.from && a <= x.to && Number.isFinite(b))
      .map(([a, b]) => [fixed(across(a)), fixed(up(b))] as const)
    const colour = colourOf(i)
    const marks =
      inside.length > 8
        ? []
        : inside.map(([a, b]) => `<circle cx="${a}" cy="${b}" r="3" fill="${colour}"/>`)
    const path = inside.map((one) => one.join(',')).join(' ')
    return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="${i === 0 ? 3 : 1.6}" stroke-linejoin="round"/>${marks.join('')}`
  })
  return inFrame(title, grid, drawn, lines)
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
  return inFrame(title, grid, drawn, groups)
}

/** How values of several groups are spread over the x axis: the share of each group in steps of equal width, as areas over each other. */
export function spreadChart(title: string, x: Axis, y: Axis, groups: readonly Line[]): Picture {
  const { across, up, grid } = frame(x, y)
  const floor = fixed(up(y.from))
  const drawn = groups.map(({ points }, i) => {
    const half = ((points[1]?.[0] ?? 0) - (points[0]?.[0] ?? 0)) / 2
    const steps = points.map(([a, b]) => `V${fixed(up(b))}H${fixed(across(a + half))}`)
    const start = fixed(across((points[0]?.[0] ?? 0) - half))
    return `<path d="M${start} ${floor}${steps.join('')}V${floor}Z" fill="${colourOf(i)}" fill-opacity="0.25" stroke="${colourOf(i)}" stroke-width="1.4"/>`
  })
  return inFrame(title, grid, drawn, groups)
}

function inFrame(
  title: string,
  grid: string,
  drawn: readonly string[],
  lines: readonly Line[],
): Picture {
  return {
    title,
    height: FRAME_HEIGHT,
    drawn: `${grid}${drawn.join('')}`,
    key: lines.map(({ name }, i) => [name, colourOf(i)] as const),
  }
}
