import type { AccessEvent, Context } from '@gatewatch/schema'
import { eventKind, eventOutcome } from '@gatewatch/schema'
import { Card } from '../components/card.tsx'
import { Moment } from '../components/times.tsx'
import { formatBytes, formatKm, formatPlace } from '../format.ts'
import { text } from '../text.ts'
import './facts.css'

interface FactsCardProps {
  readonly event: AccessEvent
  readonly context: Context
}

/** Who did what, from where and with what: one line each, and no line for what is unknown. */
export function FactsCard({ event, context }: FactsCardProps) {
  const { facts } = text
  return (
    <Card title={facts.title}>
      <dl className="facts">
        <dt>{facts.when}</dt>
        <dd>
          <Moment time={event.time} as="full" />
        </dd>
        {factLines(event, context).map(([name, value]) => (
          <FactLine key={name} name={name} value={value} />
        ))}
      </dl>
    </Card>
  )
}

function FactLine({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  )
}

/** Name and value of each known fact, in reading order. */
function factLines(event: AccessEvent, context: Context): [name: string, value: string][] {
  const { facts } = text
  const { actor, src, device, auth } = event
  const lines: [string, string | undefined][] = [
    [facts.who, join([actor.name ?? actor.email_addr ?? actor.uid, actor.type])],
    [
      facts.target,
      event.target && (event.target.name ?? event.target.email_addr ?? event.target.uid),
    ],
    [facts.what, join([event.activity, event.api?.service])],
    [
      facts.outcome,
      join([
        `${text.kinds[eventKind(event)]} ${text.outcomes[eventOutcome(event)]}`,
        event.failure_class?.replaceAll('_', ' '),
      ]),
    ],
    [facts.address, src.ip ?? src.ip_raw],
    [facts.place, placeLine(context)],
    [facts.network, networkLine(context)],
    [
      facts.lists,
      context.network?.listed?.map((one) => `${one.list} (${facts.age(one.age_days)})`).join(', '),
    ],
    [facts.device, device && join([device.name ?? device.uid, device.type])],
    [facts.client, clientLine(event, context)],
    [facts.app, event.app?.name ?? event.app?.uid],
    [facts.mfa, auth && mfaLine(auth.is_mfa)],
    [facts.resources, event.resources?.map((one) => one.name ?? one.uid ?? one.type).join(', ')],
    [
      facts.bytesOut,
      event.traffic?.bytes_out === undefined ? undefined : formatBytes(event.traffic.bytes_out),
    ],
    [facts.vendorRisk, event.vendor_risk?.reasons.join(', ')],
    [facts.source, join([event.source.vendor, event.source.product])],
    [facts.uid, event.uid],
  ]
  return lines.filter((line): line is [string, string] => Boolean(line[1]))
}

function placeLine({ place }: Context): string | undefined {
  const name = place && formatPlace(place)
  if (!name || place?.radius_km === undefined) return name
  return `${name}, ${text.facts.radius(formatKm(place.radius_km))}`
}

function networkLine({ network }: Context): string | undefined {
  if (!network) return undefined
  const as = network.asn === undefined ? undefined : `AS${network.asn}`
  return join([network.as_name, as, network.class === 'unknown' ? undefined : network.class])
}

function clientLine(event: AccessEvent, { client }: Context): string | undefined {
  const known = join([
    client.browser && `${client.browser} ${client.browser_version ?? ''}`.trim(),
    client.os && `${client.os} ${client.os_version ?? ''}`.trim(),
  ])
  return known || event.user_agent
}

function mfaLine(isMfa: boolean | null): string {
  if (isMfa === null) return text.facts.mfaUnknown
  return isMfa ? text.facts.mfaYes : text.facts.mfaNo
}

function join(parts: readonly (string | undefined)[]): string {
  return parts.filter(Boolean).join(' · ')
}
