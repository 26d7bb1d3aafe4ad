import { type AccessEvent, EventInput } from '@gatewatch/schema'
import { eventFromInput } from '../canonical/event-from-input.ts'
import { faults } from '../canonical/normalise.ts'
import type { Connector, Origin } from '../connector.ts'
import { type Outcome, reject, skip } from '../outcome.ts'
import { countryCode } from '../values/country.ts'
import { fieldsOf, isFields, parseEmbedded } from '../values/fields.ts'
import { instantOf } from '../values/instant.ts'
import { boolOf, numberOf, textOf } from '../values/text.ts'
import type { From, Mapping } from './mapping.ts'
import { compilePath, type Path } from './path.ts'
import { ACCESS_FIELDS } from './targets.ts'
import { timeReader } from './time-format.ts'

/**
 * A connector out of a mapping. `formats` finds the connector of a named format, for mappings that only unwrap. Throws an
 * Error that names what is wrong with the mapping: a path, a zone, a format that does not exist.
 */
export function genericConnector(
  mapping: Mapping,
  formats: (name: string) => Connector | undefined,
): Connector {
  const normalise =
    mapping.format === undefined ? mapped(mapping) : handedOn(mapping.format, formats)
  const unwrap = mapping.unwrap === undefined ? undefined : compilePath(mapping.unwrap)
  return {
    format: mapping.format ?? 'generic',
    title: 'as the mapping file says',
    recognise: () => 1,
    normalise(record, origin) {
      if (unwrap === undefined) return normalise(record, origin)
      const inner = parseEmbedded(unwrap(record))
      if (inner !== undefined && inner !== null) return normalise(inner, origin)
      return reject(`there is nothing at "${mapping.unwrap}", which the mapping unwraps`)
    },
  }
}

type Normalise = (record: unknown, origin: Origin) => Outcome<AccessEvent>

function handedOn(format: string, formats: (name: string) => Connector | undefined): Normalise {
  const connector = formats(format)
  if (connector === undefined) throw new Error(`format: there is no format "${format}"`)
  return (record, origin) => connector.normalise(record, origin)
}

function mapped(mapping: Mapping): Normalise {
  const time = mapping.time === undefined ? () => undefined : compileFrom(mapping.time.path)
  const readTime = timeReader([mapping.time?.format ?? 'auto'].flat(), mapping.time?.zone)
  const fields = Object.entries(mapping.fields ?? {}).map(([name, from]) => ({
    steps: name.split('.'),
    kind: ACCESS_FIELDS.get(name) ?? 'text',
    read: compileFrom(from),
  }))
  const status = compileStatus(mapping.status)
  const skips = compileSkip(mapping.skip_if)
  const dedupe = mapping.dedupe?.map(compilePath)
  const source = mapping.source ?? { vendor: 'custom', product: 'generic' }
  return (record, origin) => {
    if (typeof record !== 'object' || record === null) return reject('the record has no fields')
    if (skips(record)) return skip('left out by skip_if of the mapping')
    const said = time(record)
    const when = instantOf(readTime(said), said, origin)
    if ('why' in when) return reject(when.why)
    const event: Record<string, unknown> = {
      time: when.time,
      time_raw: when.raw,
      source: { ...source, format: 'generic', connector: origin.connector },
      actor: {},
      ...status(record),
    }
    for (const { steps, kind, read } of fields) put(event, steps, valueAs(read(record), kind))
    const parts = dedupe?.map((path) => String(path(record) ?? ''))
    // Parts are kept apart, so that "a","bc" and "ab","c" are two records.
    if (parts !== undefined) event.uid = JSON.stringify(parts).slice(0, 512)
    nameProvider(event)
    const parsed = EventInput.safeParse(event)
    if (!parsed.success) return reject(faults(parsed.error.issues))
    return eventFromInput(parsed.data, origin, origin.now)
  }
}

/** A place in a record is the vendor's statement; its country may be written out. */
function nameProvider(event: Record<string, unknown>): void {
  const src = fieldsOf(event.src)
  if (!isFields(src.location)) return
  const { country, ...rest } = src.location
  const code = country === undefined ? {} : { country: countryCode(country) ?? country }
  event.src = { ...src, location: { provider: 'vendor', ...rest, ...code } }
}

/** A value of the right kind; what cannot be one stays as it is, for the schema to name. */
function valueAs(value: unknown, kind: 'text' | 'number' | 'boolean'): unknown {
  if (value === null || value === '') return undefined
  if (kind === 'number') return numberOf(value) ?? textOf(value, 64)
  if (kind === 'boolean') return boolOf(value) ?? textOf(value, 64)
  return textOf(value, 2048)
}

function put(target: Record<string, unknown>, steps: readonly string[], value: unknown): void {
  const [step = '', ...rest] = steps
  if (value === undefined) return
  if (rest.length === 0) {
    target[step] = value
    return
  }
  const there = target[step]
  const below: Record<string, unknown> = typeof there === 'object' ? { ...there } : {}
  put(below, rest, value)
  target[step] = below
}

function compileFrom(from: From): Path {
  if (typeof from === 'string') return compilePath(from)
  if (Array.isArray(from)) {
    const paths = from.map(compilePath)
    return (record) => {
      for (const path of paths) {
        const value = path(record)
        if (value !== undefined && value !== null && value !== '') return value
      }
      return undefined
    }
  }
  if ('const' in from) return () => from.const
  // Every second piece stands in braces.
  const pieces = from.template.split(/\{([^{}]+)\}/)
  const compiled = pieces.map((piece, i) => (i % 2 === 1 ? compilePath(piece) : () => piece))
  return (record) =>
    compiled.map((piece) => textOf(piece(record), 2048) ?? String(piece(record) ?? '')).join('')
}

function compileStatus(
  status: Mapping['status'],
): (record: unknown) => { status_id?: 0 | 1 | 2 | 99 } {
  if (status === undefined) return () => ({})
  const read = compileFrom(status.path)
  const success = words(status.success)
  const failure = words(status.failure)
  return (record) => {
    const word = String(read(record) ?? '').toLowerCase()
    if (failure?.has(word)) return { status_id: 2 }
    if (success?.has(word)) return { status_id: 1 }
    // Where only one side is listed, everything else is the other.
    if (success === undefined && failure !== undefined && word !== '') return { status_id: 1 }
    if (failure === undefined && success !== undefined && word !== '') return { status_id: 2 }
    return { status_id: 0 }
  }
}

function compileSkip(skip: Mapping['skip_if']): (record: unknown) => boolean {
  if (skip === undefined) return () => false
  const path = compilePath(skip.path)
  const values = words(skip.equals)
  return (record) => values?.has(String(path(record) ?? '').toLowerCase()) === true
}

function words(
  values: readonly (string | number | boolean)[] | undefined,
): Set<string> | undefined {
  return values === undefined
    ? undefined
    : new Set(values.map((value) => String(value).toLowerCase()))
}
