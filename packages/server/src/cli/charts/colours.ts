/** Colours of pictures by name, as they are on white and on a dark page. Lines and dots take `c0`, `c1` ... in their order. */
const COLOURS: Readonly<Record<string, readonly [light: string, dark: string]>> = {
  c0: ['#2f6fd0', '#6ea3f2'],
  c1: ['#c8452f', '#ef7d68'],
  c2: ['#2f8f5b', '#58bd86'],
  c3: ['#b87410', '#e0a848'],
  c4: ['#8a5cc2', '#b491e6'],
  c5: ['#2b8a98', '#5dbccb'],
  c6: ['#b0558f', '#da86bb'],
  c7: ['#6f757e', '#a3aab4'],
  line: ['#dde3ea', '#2a3644'],
  ink: ['#16202c', '#e5ebf2'],
  quiet: ['#5b6b7c', '#93a3b5'],
  up: ['#c8452f', '#e8705a'],
}
const LINES = 8

/** The colour of the line, or group of dots, of this number: a custom property of the page. */
export function colourOf(i: number): string {
  return `var(--c${i % LINES})`
}

/** Custom properties for a style sheet, on white or on a dark page. */
export function colourProperties(which: 'light' | 'dark'): string {
  return Object.entries(COLOURS)
    .map(([name, [light, dark]]) => `--${name}:${which === 'light' ? light : dark}`)
    .join(';')
}

/** Drawn elements with the colours on white in place of custom properties, which few programs but browsers know. */
export function inkedOnWhite(drawn: string): string {
  return drawn.replace(/var\(--(\w+)\)/g, (whole, name: string) => COLOURS[name]?.[0] ?? whole)
}
