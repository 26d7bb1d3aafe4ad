import type { Connector } from '../connector.ts'
import { readAddress } from '../values/address.ts'
import { countryCode } from '../values/country.ts'
import { looksLikeEmail, numberOf } from '../values/text.ts'
import { type Column, columnsOf } from './columns.ts'
import type { Mapping } from './mapping.ts'
import { genericConnector } from './normalise.ts'
import { TIME_FORMATS, timeReader } from './time-format.ts'

/** What a mapping would take, from where, how surely (0 to 1), and by what it was known. */
export interface Taken {
  readonly field: string
  readonly path: string
  readonly certainty: number
  readonly why: string
}

/** A mapping that is proposed for records nobody knows. */
export interface Proposal {
  readonly mapping: Mapping
  readonly taken: readonly Taken[]
  /** Places that nothing was taken from. */
  readonly left: readonly string[]
  /** Of the records that were looked at, how many it reads; and why it does not read the others, with how many. */
  readonly read: number
  readonly looked: number
  readonly refused: ReadonlyMap<string, number>
}

/** What is looked for: how its column may be called, how its values look, and how much each of the two says alone. */
interface Sought {
  readonly field: string
  readonly name: RegExp
  /** Share of the values that look like it, 0 to 1. */
  readonly fits: (column: Column, now: number) => number
  /** Certainty where only the values fit: 0 where anything could look so. */
  readonly byValues: number
}

const agent =
  /^(mozilla|opera|curl|wget|okhttp|aws-(cli|sdk)|python-requests|go-http)|^[\w.-]+\/\d+\.\d/i
const success =
  /^(success(ful)?|succeeded|ok|allow(ed)?|accept(ed)?|grant(ed)?|pass(ed)?|true|yes|y|1|200|permit(ted)?)$/i
const failure =
  /^(fail(ed|ure)?|den(y|ied)|reject(ed)?|error|block(ed)?|refused|invalid|false|no|n|0|401|403|unauthori[sz]ed|forbidden)$/i
const signIn = /log.?(in|on)|sign.?(in|on)|auth/i

const share = (column: Column, is: (value: string) => boolean) =>
  column.values.length === 0 ? 0 : column.values.filter(is).length / column.values.length
const distinct = ({ values }: Column) => new Set(values).size
const isText = (value: string) => value.length <= 320 && numberOf(value) === undefined
const isAmount = (value: string) => (numberOf(value) ?? -1) >= 0
const words = (column: Column) =>
  distinct(column) <= 200 ? share(column, (one) => isText(one) && one.length <= 100) : 0

const sought: readonly Sought[] = [
  {
    field: 'time',
    name: /^(time|timestamp|ts|date|datetime|when|(event|log|created?|occurred|access|login|request|start|received)(time|at|date|timestamp|on)|created|published|eventtimestamp|utctime|timeutc|timegenerated)$/,
    fits: (column, now) => timeFormat(column, now)?.share ?? 0,
    byValues: 0.6,
  },
  {
    field: 'src.ip',
    name: /^((src|source|client|remote|user|caller|sender|peer|actor|origin)?(ip|ipaddr|ipaddress|addr|address)|src|source|rhost|remotehost|clienthost|xforwardedfor)$/,
    fits: (column) => share(column, (one) => readAddress(one).ip !== undefined),
    byValues: 0.7,
  },
  {
    field: 'actor.email_addr',
    name: /^(e?mail|(user|actor|login|account|principal)(e?mail|emailaddress|principalname)?|emailaddress|upn|who|username|userid|loginname)$/,
    fits: (column) => share(column, looksLikeEmail),
    byValues: 0.6,
  },
  {
    field: 'actor.name',
    name: /^(user|username|login|loginname|account|accountname|actor|actorname|principal|subject|who|userid|useruid|member|employee|operator|identity|person|owner)$/,
    fits: (column) => share(column, (one) => one.length <= 320),
    byValues: 0,
  },
  {
    field: 'user_agent',
    name: /^(useragent|ua|agent|httpuseragent|clientagent|browser|client|clientapplication)$/,
    fits: (column) => share(column, (one) => agent.test(one)),
    byValues: 0.6,
  },
  {
    field: 'status',
    name: /^(status|result|outcome|ok|success|succeeded|issuccess|successful|allowed|granted|response|decision|statuscode|verdict|loginsuccessful)$/,
    fits: (column) =>
      distinct(column) > 12 ? 0 : share(column, (one) => success.test(one) || failure.test(one)),
    byValues: 0.3,
  },
  {
    field: 'operation',
    name: /^(operation|operationname|action|activity|event|eventname|eventtype|type|method|methodname|verb|command|api|call|function|kind)$/,
    fits: words,
    byValues: 0,
  },
  {
    field: 'api.service',
    name: /^(service|servicename|eventsource|component|module|apiservice|product)$/,
    fits: words,
    byValues: 0,
  },
  {
    field: 'app.name',
    name: /^(app|appname|application|applicationname|clientname|site|target|resource|system)$/,
    fits: words,
    byValues: 0,
  },
  {
    field: 'traffic.bytes_in',
    name: /^(bytesin|inbytes|bytesreceived|receivedbytes|rxbytes|requestsize|requestbytes|uploaded|uploadbytes|bytesuploaded|bytesup)$/,
    fits: (column) => share(column, isAmount),
    byValues: 0,
  },
  {
    field: 'traffic.bytes_out',
    name: /^(bytesout|outbytes|bytessent|sentbytes|txbytes|responsesize|responsebytes|downloaded|downloadbytes|bytesdownloaded|bytesdown|bytes|size|length)$/,
    fits: (column) => share(column, isAmount),
    byValues: 0,
  },
  {
    field: 'device.uid',
    name: /^(device|deviceid|deviceuid|devicetoken|fingerprint|machineid|hostid)$/,
    fits: (column) => share(column, (one) => one.length <= 512),
    byValues: 0,
  },
  {
    field: 'actor.session.uid',
    name: /^(session|sessionid|sessionuid|sid)$/,
    fits: (column) => share(column, (one) => one.length <= 512),
    byValues: 0,
  },
  {
    field: 'src.location.country',
    name: /^(country|countrycode|countryname|geocountry|clientcountry|loc)$/,
    fits: (column) => share(column, (one) => countryCode(one) !== undefined),
    byValues: 0,
  },
  {
    field: 'id',
    name: /^(id|eventid|uuid|guid|uid|logid|recordid|messageid|requestid|index|key)$/,
    fits: (column) =>
      column.values.length > 1 && distinct(column) === column.values.length ? 1 : 0,
    byValues: 0,
  },
]

/** Least certainty with which something is taken. */
const ENOUGH = 0.4
const NAME = 0.5

/**
 * A mapping for records that no connector knows, by how their places are called and how what stands there looks; tried on the same records.
 * `now` (ms UTC) bounds what may be a time. Pure. Of what is not recognised nothing is guessed: it is listed as left.
 */
export function proposeMapping(
  records: readonly unknown[],
  product: string,
  now: number,
): Proposal {
  const columns = columnsOf(records)
  const taken = assign(columns, now)
  const mapping = mappingOf(taken, columns, product, now)
  const connector = isWhole(mapping) ? genericConnector(mapping, () => undefined) : undefined
  return {
    mapping,
    taken,
    left: columns.map(({ path }) => path).filter((path) => !taken.some((one) => one.path === path)),
    ...tried(connector, records, now),
    looked: records.length,
  }
}

/** Does it say when and who, without which nothing is an event? */
export function isWhole({ time, fields = {} }: Mapping): boolean {
  return time !== undefined && ('actor.name' in fields || 'actor.email_addr' in fields)
}

function assign(columns: readonly Column[], now: number): readonly Taken[] {
  const offers = sought.flatMap((one) =>
    columns.flatMap((column): Taken[] => {
      const fits = one.fits(column, now)
      const isNamed = one.name.test(column.name)
      const certainty = (isNamed ? NAME + (1 - NAME) * fits : one.byValues * fits) * rated(column)
      if (fits < 0.5 || certainty < ENOUGH) return []
      const looks = `${Math.round(fits * 100)} % of its values look so`
      const why = isNamed ? `by its name, and ${looks}` : looks
      return [{ field: one.field, path: column.path, certainty, why }]
    }),
  )
  const taken: Taken[] = []
  // The surest first; of two that are as sure, what is sought first.
  for (const offer of offers.toSorted((a, b) => b.certainty - a.certainty)) {
    if (taken.some(({ field, path }) => field === offer.field || path === offer.path)) continue
    taken.push(offer)
  }
  const order = sought.map(({ field }) => field)
  return taken.toSorted((a, b) => order.indexOf(a.field) - order.indexOf(b.field))
}

/** What few records have is less likely what is sought; deep places less than those on top. */
function rated({ filled, path }: Column): number {
  const depth = path.split(/[.[]/).length - 1
  return (0.6 + 0.4 * filled) * 0.98 ** depth
}

function mappingOf(
  taken: readonly Taken[],
  columns: readonly Column[],
  product: string,
  now: number,
): Mapping {
  const of = (field: string) => taken.find((one) => one.field === field)?.path
  const column = (path: string | undefined) => columns.find((one) => one.path === path)
  const fields: Record<string, NonNullable<Mapping['fields']>[string]> = {}
  for (const { field, path } of taken) {
    if (field.includes('.') || field === 'user_agent') fields[field] = path
  }
  const operation = column(of('operation'))
  if (operation !== undefined) {
    // Without an API's operation an event is a sign-in.
    if (share(operation, (one) => signIn.test(one)) >= 0.5) fields.activity = operation.path
    else fields['api.operation'] = operation.path
  }
  if (fields['api.operation'] === undefined) delete fields['api.service']
  else fields['api.service'] ??= { const: product }
  const time = column(of('time'))
  const status = column(of('status'))
  const id = of('id')
  return {
    source: { vendor: 'custom', product },
    ...(time === undefined
      ? {}
      : { time: { path: time.path, format: timeFormat(time, now)?.format ?? 'auto' } }),
    ...(status === undefined ? {} : { status: { path: status.path, ...outcomes(status) } }),
    fields,
    ...(id === undefined ? {} : { dedupe: [id] }),
  }
}

function outcomes(column: Column): Pick<NonNullable<Mapping['status']>, 'success' | 'failure'> {
  const said = [...new Set(column.values.map((one) => one.toLowerCase()))].toSorted()
  const good = said.filter((one) => success.test(one))
  const bad = said.filter((one) => failure.test(one))
  return {
    ...(good.length === 0 ? {} : { success: good }),
    ...(bad.length === 0 ? {} : { failure: bad }),
  }
}

const EARLIEST = Date.UTC(2000, 0, 1)
const DAY = 86_400_000

/** The format that reads most of the values as times from 2000 to tomorrow; of two that read as many, the one whose times lie closer together. */
function timeFormat(
  column: Column,
  now: number,
): { readonly format: string; readonly share: number } | undefined {
  let best: { format: string; share: number; spread: number } | undefined
  for (const format of TIME_FORMATS.filter((name) => name !== 'auto')) {
    const read = timeReader([format], undefined)
    const times = column.values.map(read).filter((ms) => ms >= EARLIEST && ms <= now + DAY)
    if (times.length === 0) continue
    const found = times.length / column.values.length
    const spread = Math.max(...times) - Math.min(...times)
    const isBetter =
      best === undefined || found > best.share || (found === best.share && spread < best.spread)
    if (isBetter) best = { format, share: found, spread }
  }
  return best
}

function tried(
  connector: Connector | undefined,
  records: readonly unknown[],
  now: number,
): Pick<Proposal, 'read' | 'refused'> {
  const refused = new Map<string, number>()
  let read = 0
  for (const record of records) {
    const outcome = connector?.normalise(record, { connector: 'map', now, mode: 'replay' })
    if (outcome?.kind === 'ok') read++
    else {
      const why = outcome?.why ?? 'the mapping says neither when nor who'
      refused.set(why, (refused.get(why) ?? 0) + 1)
    }
  }
  return { read, refused }
}
