import { escaped } from '../page.ts'
import { inkedOnWhite } from './colours.ts'

/** How wide pictures are, in the units that they are drawn in. */
export const WIDTH = 460

/** A picture, to be shown in a page or kept as a file of its own. */
export interface Picture {
  readonly title: string
  readonly height: number
  /** SVG elements, text escaped; colours by name (colours.ts). */
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

const ROW = 18
const HEAD = 30
/** Characters of a title that fit into a line. */
const LINE = 62

/**
 * A picture as an SVG file of its own, title and key within, dark on white wherever it is shown. It holds every colour and font itself and
 * needs no style sheet.
 */
export function svgFile({ title, height, drawn, key }: Picture): string {
  const lines = broken(title)
  const head = HEAD + (lines.length - 1) * ROW
  const whole = head + height + key.length * ROW + 10
  const heads = lines.map(
    (line, i) =>
      `<text x="10" y="${20 + i * ROW}" font-size="14" fill="var(--ink)">${escaped(line)}</text>`,
  )
  const items = key.map(([name, colour], i) => {
    const y = head + height + (i + 1) * ROW
    return `<rect x="12" y="${y - 6}" width="14" height="4" fill="${colour}"/><text x="32" y="${y}">${escaped(name)}</text>`
  })
  const paper = `<rect width="${WIDTH}" height="${whole}" fill="#fff"/>`
  const body = `${paper}${heads.join('')}<g transform="translate(0 ${head})">${drawn}</g>${items.join('')}`
  return `<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${whole}" width="${2 * WIDTH}" height="${2 * whole}" role="img" font-family="system-ui, -apple-system, 'Segoe UI', 'Noto Sans', Arial, sans-serif" font-size="12" fill="#5b6b7c"><title>${escaped(title)}</title>${inkedOnWhite(body)}</svg>\n`
}

function broken(title: string): string[] {
  const lines = ['']
  for (const word of title.split(' ')) {
    const last = lines.at(-1) ?? ''
    if (last !== '' && last.length + word.length >= LINE) lines.push(word)
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`
  }
  return lines
}
