import { geoNaturalEarth1, geoPath } from 'd3-geo'
import { feature } from 'topojson-client'
import type { GeometryCollection, Topology } from 'topojson-specification'
import land from 'world-atlas/land-110m.json' with { type: 'json' }
import type { PlaceCount, Slot, Strange, Summary } from './score-summary.ts'
import { strongest } from './score-text.ts'

/** The report of a run as one self-contained HTML page: totals, timeline, map, strangest events. Every text is escaped; nothing is loaded and nothing runs. */
export function reportHtml(summary: Summary): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gatewatch report</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>Gatewatch report</h1>
<p class="quiet">${summary.events === 0 ? 'No events' : `${moment(summary.from)} to ${moment(summary.to)} UTC`}</p>
${totals(summary)}
${timeline(summary)}
${map(summary.places)}
${events(summary.strangest)}
${counts('Unreadable', summary.unreadable)}
${counts('Left out', summary.skipped)}
${counts('Not assessed', summary.notAssessed)}
</main>
</body>
</html>
`
}

const style = `
:root{color-scheme:light dark;--ink:#16202c;--quiet:#5b6b7c;--page:#f6f7f9;--card:#fff;--line:#dde3ea;--bar:#8fa8c4;--land:#e3e8ee;--up:#c8452f;--down:#2f8f5b;--mid:#d08a1d}
@media(prefers-color-scheme:dark){:root{--ink:#e5ebf2;--quiet:#93a3b5;--page:#10161d;--card:#18212b;--line:#2a3644;--bar:#4c6a8a;--land:#24303d;--up:#e8705a;--down:#4fb47d;--mid:#e0a848}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:1000px;margin:0 auto;padding:24px 16px 64px}
h1{font-size:26px;margin:0}h2{font-size:18px;margin:32px 0 8px}
.quiet{color:var(--quiet);margin:0}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(130px,1fr));gap:8px;margin-top:20px}
.card,section.box{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:12px}
.card b{display:block;font-size:22px}.card span{color:var(--quiet);font-size:13px}
svg{display:block;width:100%;height:auto}
svg text{fill:var(--quiet);font-size:11px}
table{border-collapse:collapse;width:100%}td{padding:3px 8px 3px 0;vertical-align:top;overflow-wrap:anywhere}td.n{text-align:right;white-space:nowrap;width:90px}
article{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:12px;margin-top:8px;overflow-wrap:anywhere}
article h3{font-size:15px;margin:0}
.tag{display:inline-block;border-radius:4px;padding:0 6px;margin-right:6px;color:#fff;font-size:13px}
.allow{background:var(--down)}.challenge{background:var(--mid)}.deny{background:var(--up)}
.why{display:grid;grid-template-columns:150px 52px 1fr;gap:2px 8px;margin-top:8px;align-items:center;font-size:14px}
.why i{display:block;height:10px;border-radius:2px}.up{background:var(--up);margin-left:50%}.down{background:var(--down);justify-self:end;margin-right:50%}
.why div{display:grid}
@media(max-width:600px){.why{grid-template-columns:70px 44px 1fr}}
`

function totals(summary: Summary): string {
  const { decisions } = summary
  const cards: readonly (readonly [string, number])[] = [
    ['events', summary.events],
    ['identities', summary.identities],
    ['failed', summary.failures],
    ['allow', decisions.allow],
    ['challenge', decisions.challenge],
    ['deny', decisions.deny],
    ['alerts', summary.alerts],
    ['duplicates', summary.duplicates],
    ['unreadable', sum(summary.unreadable)],
  ]
  const html = cards.map(
    ([name, value]) => `<div class="card"><b>${number(value)}</b><span>${name}</span></div>`,
  )
  return `<div class="cards">${html.join('')}</div>`
}

const chart = { width: 960, height: 180, left: 44, bottom: 22 }

/** Events a slot as bars, failures within them, and the highest risk of the slot as a dot. */
function timeline({ slots, slotMs, from }: Summary): string {
  if (slots.length === 0) return ''
  const most = Math.max(...slots.map((slot) => slot.events))
  const inner = { width: chart.width - chart.left, height: chart.height - chart.bottom }
  const step = inner.width / slots.length
  const start = Math.floor(from / slotMs) * slotMs
  const bar = (slot: Slot, i: number) => {
    const x = (chart.left + i * step).toFixed(1)
    const width = Math.max(0.5, step * 0.85).toFixed(1)
    const high = (slot.events / most) * inner.height
    const failed = (slot.failures / most) * inner.height
    const risk = inner.height - (slot.maxRisk / 100) * inner.height
    const title = `<title>${moment(start + i * slotMs)}: ${number(slot.events)} events, ${number(slot.failures)} failed, highest risk ${slot.maxRisk.toFixed(0)}</title>`
    const rect = (height: number, fill: string) =>
      `<rect x="${x}" y="${(inner.height - height).toFixed(1)}" width="${width}" height="${height.toFixed(1)}" fill="var(--${fill})"/>`
    const dot =
      slot.maxRisk >= 50
        ? `<circle cx="${(chart.left + (i + 0.43) * step).toFixed(1)}" cy="${risk.toFixed(1)}" r="2.5" fill="var(--up)"/>`
        : ''
    return slot.events === 0
      ? ''
      : `<g>${title}${rect(high, 'bar')}${rect(failed, 'mid')}${dot}</g>`
  }
  const labels = [0, 0.25, 0.5, 0.75].map((share) => {
    const i = Math.floor(share * slots.length)
    return `<text x="${(chart.left + i * step).toFixed(1)}" y="${chart.height - 6}">${moment(start + i * slotMs)}</text>`
  })
  return `<h2>Over time</h2><section class="box"><svg viewBox="0 0 ${chart.width} ${chart.height}" role="img" aria-label="Events over time">
<text x="0" y="11">${number(most)}</text><text x="0" y="${inner.height}">0</text>
${slots.map(bar).join('')}${labels.join('')}</svg><p class="quiet">Events; failed ones in a second colour; a dot is the highest risk, 50 to 100.</p></section>`
}

/** Places on a map of the world: size by number of events, colour by the highest risk. */
function map(places: readonly PlaceCount[]): string {
  if (places.length === 0) return ''
  const width = 960
  const projection = geoNaturalEarth1().fitWidth(width, { type: 'Sphere' })
  const path = geoPath(projection).digits(1)
  const [, [, height]] = path.bounds({ type: 'Sphere' })
  // The JSON is the package's own and of a known form.
  const topology = land as unknown as Topology<{ land: GeometryCollection }>
  const outline = path(feature(topology, topology.objects.land)) ?? ''
  const most = Math.max(...places.map((place) => place.events))
  const dots = places.slice(0, 1_000).map((place) => {
    const point = projection([place.long, place.lat])
    if (point === null) return ''
    const radius = 3 + 9 * Math.sqrt(place.events / most)
    const colour = place.maxRisk >= 75 ? 'up' : place.maxRisk >= 50 ? 'mid' : 'bar'
    return `<circle cx="${point[0].toFixed(1)}" cy="${point[1].toFixed(1)}" r="${radius.toFixed(1)}" fill="var(--${colour})" fill-opacity=".7"><title>${escaped(place.name)}: ${number(place.events)} events, highest risk ${place.maxRisk.toFixed(0)}</title></circle>`
  })
  return `<h2>Where</h2><section class="box"><svg viewBox="0 0 ${width} ${Math.ceil(height)}" role="img" aria-label="Map of events">
<path d="${outline}" fill="var(--land)"/>${dots.join('')}</svg></section>`
}

function events(strangest: readonly Strange[]): string {
  return strangest.length === 0 ? '' : `<h2>Strangest events</h2>${strangest.map(card).join('')}`
}

function card({ verdict, input }: Strange): string {
  const { event, context } = input
  const where = [
    event.src.ip ?? event.src.ip_raw,
    context.place?.city,
    context.place?.country,
    context.network?.as_name,
  ]
  const reasons = strongest(verdict.reasons, 8)
  const most = Math.max(0.1, ...reasons.map((reason) => Math.abs(reason.points)))
  const why = reasons.map(({ points, text }) => {
    const side = points < 0 ? 'down' : 'up'
    const share = ((Math.abs(points) / most) * 50).toFixed(1)
    return `<div><i class="${side}" style="width:${share}%"></i></div><span>${points < 0 ? '−' : '+'}${Math.abs(points).toFixed(1)}</span><span>${escaped(text)}</span>`
  })
  return `<article>
<h3><span class="tag ${verdict.decision}">${verdict.risk.toFixed(0)} ${verdict.decision}</span>${escaped(verdict.entity_name)} · ${escaped(verdict.activity)} · ${verdict.outcome}</h3>
<p class="quiet">${moment(verdict.time)} UTC · ${escaped(where.filter((part) => part !== undefined).join(' · '))}${event.user_agent === undefined ? '' : ` · ${escaped(event.user_agent.slice(0, 160))}`}</p>
<div class="why">${why.join('')}</div>
${verdict.counterfactual === undefined ? '' : `<p class="quiet">${escaped(verdict.counterfactual)}</p>`}
<p class="quiet">${escaped(verdict.uid)}${verdict.not_assessed.length === 0 ? '' : ` · not assessed: ${verdict.not_assessed.join(', ')}`}</p>
</article>`
}

function counts(title: string, rows: readonly (readonly [string, number])[]): string {
  if (rows.length === 0) return ''
  const cells = rows
    .slice(0, 30)
    .map(
      ([reason, count]) =>
        `<tr><td class="n">${number(count)}</td><td>${escaped(reason)}</td></tr>`,
    )
  return `<h2>${title}</h2><section class="box"><table>${cells.join('')}</table></section>`
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => escapes[char] ?? char)
}

function sum(rows: readonly (readonly [string, number])[]): number {
  return rows.reduce((total, [, count]) => total + count, 0)
}

function number(value: number): string {
  return value.toLocaleString('en-US')
}

function moment(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replace('T', ' ')
}
