import {
  applyDelta,
  createDelta,
  createPopulation,
  createProfile,
  decodeModels,
  decodePopulation,
  decodeProfile,
  defaultModels,
  defaultPolicy,
  encodeModels,
  encodePopulation,
  encodeProfile,
  type Judgement,
  judge,
  type Models,
  type Population,
  type Profile,
} from '@gatewatch/engine'
import type { AccessEvent, EnrichedEvent } from '@gatewatch/schema'
import type { Link } from '../../ports/links.ts'
import { enrich, type Lookups } from '../enrich.ts'
import { createLinkBook, type LinkBook } from '../link-book.ts'
import { type Head, membersSwitchedOn, type SwitchedOn } from './switched-on.ts'

/** A judged event of a replay. */
export interface Replayed {
  readonly input: EnrichedEvent
  readonly judgement: Judgement
}

/** The engine with everything it has learned, in memory: one organisation, one event after the other. */
export interface Replay {
  /** Judges and learns an event; null for one that was given before. Events must come in order of time. */
  take(event: AccessEvent): Replayed | null
  readonly identities: number
  /** What was learned, as bytes; `resumeReplay` goes on from there. Which events were given is not kept. */
  encode(): Uint8Array
}

const NONE = membersSwitchedOn([])

/**
 * A replay from a cold start. `hashKey` (16 bytes) keys the hashes of learned values; `members` are switched on beside those
 * that ship.
 */
export function startReplay(
  lookups: Lookups,
  hashKey: Uint8Array,
  head: Head = 'shipped',
  members: SwitchedOn = NONE,
): Replay {
  const state = {
    population: createPopulation(hashKey),
    profiles: new Map<string, Profile>(),
    models: defaultModels,
    links: createLinkBook(),
  }
  return createReplay(lookups, hashKey, state, head, members)
}

const magic = 'gatewatch-state-4'

/** Events after which models are fitted anew. */
const REFIT_EVERY = 5_000

interface State {
  readonly population: Population
  readonly profiles: Map<string, Profile>
  readonly models: Models
  readonly links: LinkBook
}

interface Header {
  readonly magic: string
  readonly hashKey: string
  readonly models: readonly [version: number, body: string] | null
  readonly population: number
  readonly profiles: readonly (readonly [entity: string, bytes: number])[]
  readonly links: readonly Link[]
}

/** A replay that goes on from `bytes` of an earlier one. Throws an Error that says so where they are no such thing. */
export function resumeReplay(
  lookups: Lookups,
  bytes: Uint8Array,
  head: Head = 'shipped',
  members: SwitchedOn = NONE,
): Replay {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const line = file.indexOf(10)
  const header = readHeader(file.toString('utf8', 0, Math.max(0, line)))
  let at = line + 1
  const next = (length: number) => {
    at += length
    if (at > file.length) throw new Error('the state file is cut off')
    return file.subarray(at - length, at)
  }
  const hashKey = Buffer.from(header.hashKey, 'hex')
  const population = decodePopulation(next(header.population), hashKey)
  const profiles = new Map(
    header.profiles.map(([entity, length]) => [entity, decodeProfile(next(length))]),
  )
  const [version, body] = header.models ?? []
  const known = version !== undefined && body !== undefined
  const fitted = known ? decodeModels(Buffer.from(body, 'hex'), version) : defaultModels
  const models = head === 'fitted' ? fitted : { ...fitted, head: defaultModels.head }
  const links = createLinkBook(header.links)
  return createReplay(lookups, hashKey, { population, profiles, models, links }, head, members)
}

function readHeader(text: string): Header {
  try {
    const header = JSON.parse(text) as Partial<Header>
    if (header.magic === magic) return header as Header
  } catch {
    // Anything but a state file ends here too.
  }
  throw new Error('this is no state file of this version of Gatewatch')
}

/** What names an event among those of one instant: its log and its id. */
export function nameOf({ uid, source }: AccessEvent): string {
  const { vendor, product, tenant_uid, log_name } = source
  return `${uid}\0${vendor}\0${product}\0${tenant_uid}\0${log_name}`
}

function createReplay(
  lookups: Lookups,
  hashKey: Uint8Array,
  { population, profiles, models: before, links }: State,
  head: Head,
  members: SwitchedOn,
): Replay {
  let models = members.withFixed(before)
  // An event's time follows from its record, so copies of a record meet among the events of one instant.
  // Most instants hold one event, so keys are made from the second on.
  let first: AccessEvent | null = null
  let seen: Set<string> | null = null

  function isCopy(event: AccessEvent): boolean {
    if (first === null || event.time !== first.time) {
      first = event
      seen = null
      return false
    }
    seen ??= new Set([nameOf(first)])
    const { size } = seen
    return seen.add(nameOf(event)).size === size
  }
  return {
    get identities() {
      return profiles.size
    },
    take(event) {
      if (isCopy(event)) return null
      const input = links.follow(enrich(event, lookups))
      const { key } = input.entity
      let profile = profiles.get(key)
      if (profile === undefined) {
        profile = createProfile()
        profiles.set(key, profile)
      }
      const delta = createDelta()
      const judgement = judge(input, profile, population, models, defaultPolicy, delta)
      applyDelta(population, delta)
      const { events } = population
      if (events % REFIT_EVERY === 0 && events > models.version) {
        models = members.fit(population, models, events, head)
      }
      return { input, judgement }
    },
    encode() {
      const encoded = [...profiles].map(
        ([entity, profile]) => [entity, encodeProfile(profile)] as const,
      )
      const known = encodePopulation(population)
      const header: Header = {
        magic,
        hashKey: Buffer.from(hashKey).toString('hex'),
        models:
          models.version === defaultModels.version
            ? null
            : [models.version, Buffer.from(encodeModels(models)).toString('hex')],
        population: known.length,
        profiles: encoded.map(([entity, bytes]) => [entity, bytes.length]),
        links: links.all(),
      }
      return Buffer.concat([
        Buffer.from(`${JSON.stringify(header)}\n`),
        known,
        ...encoded.map(([, bytes]) => bytes),
      ])
    },
  }
}
