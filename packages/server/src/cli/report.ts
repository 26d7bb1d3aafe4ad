import { geoNaturalEarth1, geoPath } from 'd3-geo'
import { feature } from 'topojson-client'
import type { GeometryCollection, Topology } from 'topojson-specification'
import land from 'world-atlas/land-110m.json' with { type: 'json' }
import { escaped, page } from './page.ts'
import type { PlaceCount, Slot, Strange, Summary } from './score-summary.ts'
import { strongest } from './score-text.ts'

/** The report of a run as one self-contained HTML page: totals, timeline, map, strangest events. Every text is escaped; nothing is loaded and nothing runs. */
export function reportHtml(summary: Summary): string {
  return page(
    'Gatewatch report',
    `<p class="quiet">${summary.events === 0 ? 'No events' : `${moment(summary.from)} to ${moment(summary.to)} UTC`}</p>
${totals(summary)}
${timeline(summary)}
${map(summary.places)}
${events(summary.strangest)}
${counts('Unreadable', summary.unreadable)}
${counts('Left out', summary.skipped)}
${counts('Not assessed', summary.notAssessed)}`,
  )
}

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
    ['amended', summary.revisions],
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

function sum(rows: readonly (readonly [string, number])[]): number {
  return rows.reduce((total, [, count]) => total + count, 0)
}

function number(value: number): string {
  return value.toLocaleString('en-US')
}

function moment(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replace('T', ' ')
}
