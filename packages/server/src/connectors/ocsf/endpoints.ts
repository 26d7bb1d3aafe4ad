import type { AccessEvent } from '@gatewatch/schema'
import { readAddress } from '../values/address.ts'
import { entryOf, type Fields, fieldsOf, known, knownOrNone, listOf } from '../values/fields.ts'
import { vendorLocation } from '../values/location.ts'
import { boolOf, countOf, textOf } from '../values/text.ts'

/** Where an event came from: its source endpoint. */
export function sourceOf(record: Fields): AccessEvent['src'] {
  const said = fieldsOf(record.src_endpoint)
  const place = fieldsOf(said.location)
  // Up to 1.3 the place is [longitude, latitude].
  const [long, lat] = listOf(place.coordinates)
  const network = fieldsOf(said.autonomous_system)
  const port = countOf(said.port)
  const between = listOf(said.intermediate_ips).flatMap((one) => textOf(one, 255) ?? [])
  return known({
    ...readAddress(textOf(said.ip, 255) ?? textOf(said.svc_name ?? said.hostname, 255)),
    ...(port !== undefined && port <= 65_535 ? { port } : {}),
    ...hostOf(said),
    forwarded: between.length === 0 ? undefined : between.slice(0, 32),
    location: vendorLocation({
      country: place.country,
      region: place.region,
      city: place.city,
      lat: place.lat ?? lat,
      long: place.long ?? long,
    }),
    autonomous_system: knownOrNone({
      number: countOf(network.number),
      name: textOf(network.name, 255),
    }),
  })
}

function hostOf(said: Fields): { hostname?: string } {
  const hostname = said.ip === undefined ? undefined : textOf(said.hostname, 255)
  return hostname === undefined ? {} : { hostname }
}

const kinds: Readonly<Record<string, NonNullable<AccessEvent['device']>['type']>> = {
  1: 'server',
  2: 'desktop',
  3: 'desktop',
  4: 'tablet',
  5: 'mobile',
  7: 'other',
  99: 'other',
}

/** The device somebody came with. `device` is the one that wrote the event unless nothing else can be the one it was reached from. */
export function deviceOf(record: Fields): AccessEvent['device'] {
  const source = fieldsOf(record.src_endpoint)
  const host = fieldsOf(record.device)
  const isClient =
    record.dst_endpoint === undefined || (host.ip !== undefined && host.ip === source.ip)
  const said = isClient && record.device !== undefined ? host : source
  const os = fieldsOf(said.os)
  return knownOrNone({
    uid: textOf(said.uid, 512),
    name: textOf(said.name, 255),
    type: entryOf(kinds, said.type_id),
    os: textOf([os.name, os.version].filter((one) => typeof one === 'string').join(' '), 128),
    is_managed: boolOf(said.is_managed),
    is_compliant: boolOf(said.is_compliant),
    is_trusted: boolOf(said.is_trusted),
  })
}
