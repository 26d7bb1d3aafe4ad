import {
  type EnrichedEvent,
  eventKind,
  eventOutcome,
  type Rarity,
  type Reason,
  type Verdict,
} from '@gatewatch/schema'
import { type Attribution, attribute } from './attribute.ts'
import { basisOf } from './decide.ts'
import { MANAGEMENT } from './detectors/management.ts'
import { basis, isYoung, noveltyRate } from './detectors/surprise.ts'
import { catalogue, REMEMBERED } from './features/catalogue.ts'
import { apiService, MANAGED } from './features/read.ts'
import { VECTOR } from './models/vector.ts'
import { type Population, usersOf } from './population/population.ts'
import { dayOf, growth } from './profile/decay.ts'
import { CLOCK } from './profile/layout.ts'
import type { Profile } from './profile/profile.ts'
import { findSlot, isDoubted, isTrusted, slotDays } from './profile/slots.ts'
import { ruleOf } from './rules/index.ts'
import type { Assessment, Finding } from './types.ts'

type Shares = ReturnType<Attribution['shares']['get']>
type Left = ReturnType<Attribution['left']['get']>

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

/** Reasons that an ordinary event is given in words; its weaker ones are added up in one. */
const ORDINARY_REASONS = 3

/**
 * The judgement in words. The points of all reasons add up to the score; they come strongest first. Nobody reads every
 * word on an ordinary event: `brief` puts only its strongest terms into words and adds the rest up as `other`. Call it
 * before `learn`, which changes what the event is compared with.
 */
export function explain(
  input: EnrichedEvent,
  assessment: Assessment,
  profile: Profile,
  population: Population,
  detail: 'full' | 'brief' = 'full',
): Verdict {
  const { event, entity } = input
  const reasons: Reason[] = assessment.findings.map(findingReason)
  const dealt = detail === 'full' ? attribute(assessment) : null
  const weakest = detail === 'brief' ? weakestInWords(assessment.points) : 0
  let others = 0
  let rest = 0
  for (let i = 0; i < catalogue.length; i++) {
    const points = (dealt ?? assessment).points[i] ?? 0
    if (points === 0) continue
    if (Math.abs(points) < weakest) {
      others++
      rest += points
      continue
    }
    if (catalogue[i]?.group === 'ensemble' && hasMember(assessment, i)) {
      reasons.push(memberReason(i, points, dealt?.left.get(i)))
      continue
    }
    const reason =
      i < REMEMBERED
        ? valueReason(i, points, input, assessment, profile, population)
        : numberReason(i, points, input, assessment)
    reasons.push(withParts(reason, assessment.points[i] ?? 0, dealt?.shares.get(i)))
  }
  if (others > 0)
    reasons.push({ code: 'other', points: rest, text: `${others} weaker ones together` })
  reasons.sort((a, b) => Math.abs(b.points) - Math.abs(a.points) || (a.code < b.code ? -1 : 1))
  const { travel } = assessment.signals
  const basis = basisOf(input, assessment)
  return {
    uid: event.uid,
    time: event.time,
    entity: entity.key,
    entity_name: entity.name,
    kind: eventKind(event),
    outcome: eventOutcome(event),
    activity: event.activity,
    score: assessment.score,
    risk: assessment.risk,
    probability: assessment.probability,
    decision: assessment.decision,
    reasons,
    not_assessed: [...assessment.notAssessed],
    models: assessment.models.version,
    ...(travel === null || travel.min_distance_km === 0 ? {} : { travel }),
    ...(basis === undefined ? {} : { basis }),
  }
}

function hasMember({ models }: Assessment, term: number): boolean {
  return models.members.some((member) => member.term === term)
}

const strongest = new Float64Array(ORDINARY_REASONS)

/** Size (nats) of the weakest term that an ordinary event's verdict puts into words. */
function weakestInWords(points: Float64Array): number {
  strongest.fill(0)
  for (const one of points) {
    let size = Math.abs(one)
    for (let at = 0; at < ORDINARY_REASONS && size > 0; at++) {
      const held = strongest[at] ?? 0
      if (size <= held) continue
      strongest[at] = size
      size = held
    }
  }
  return strongest[ORDINARY_REASONS - 1] ?? 0
}

function findingReason(finding: Finding): Reason {
  return {
    code: finding.code,
    points: finding.points,
    text: ruleOf(finding.code)?.sentence(finding.facts) ?? finding.code.replaceAll('_', ' '),
    techniques: [...finding.techniques],
  }
}

function valueReason(
  feature: number,
  points: number,
  input: EnrichedEvent,
  assessment: Assessment,
  profile: Profile,
  population: Population,
): Reason {
  const { values } = assessment
  const hash = values[feature] ?? 0
  const { name = '', label = '', tenantPoints = 0 } = catalogue[feature] ?? {}
  const value = printable(feature, input)
  const day = dayOf(input.event.time)
  const left = 1 / growth(profile, Math.max(day, dayOf(profile.f64[CLOCK >> 1] ?? 0)))
  const n = basis(profile, feature, values, left)
  const at = findSlot(profile, feature, hash)
  const count = at < 0 ? 0 : (profile.f32[at + 1] ?? 0) * left
  const share = n > 0 ? Math.min(1, count / n) : 0
  const self: Rarity = at < 0 ? 'unseen' : rarity(share)
  const users = usersOf(population, feature, hash)
  const total = Math.max(1, population.valueTotals[feature] ?? 0)
  const tenant: Rarity = users <= 0 ? 'unseen' : rarity(users / total)

  let text: string
  if (feature === MANAGEMENT) {
    const managed = percent(value === MANAGED ? share : 1 - share)
    const of = `${managed} of this identity’s sign-ins with this operating system`
    if (n <= 0) text = `Management of the device: ${value}, on an operating system that is new here`
    else if (value === MANAGED) text = `A device that the employer manages, as in ${of}`
    else text = `Not a device that the employer manages, while ${of} are on one`
  } else if (at < 0 && n > 0) {
    const rate = noveltyRate(profile, population, feature, n, left)
    text = `New ${label} ${value}: never seen here before, and this identity shows a new one in ${percent(rate)} of its events`
  } else if (at < 0) {
    text =
      assessment.signals.history > 0
        ? `${capital(label)} ${value} comes with something else that is new`
        : `${capital(label)} ${value}: nothing is known of this identity yet`
  } else if (isDoubted(profile, at)) {
    text = `${capital(label)} ${value} came with a new device in a new place, and nothing trusted has come with it since`
  } else if (
    points > 0 &&
    slotDays(profile, at).first < day &&
    isYoung(profile, feature, at, count, day)
  ) {
    const days = day - slotDays(profile, at).first
    text = `${capital(label)} ${value} was first seen ${days === 1 ? 'a day' : `${days} days`} ago and hardly came since, while this identity went on with others`
  } else if (!isTrusted(profile, at)) {
    text = `${capital(label)} ${value} was first seen today and has not earned trust`
  } else {
    const { first, last } = slotDays(profile, at)
    const known = last > first ? `, known for ${last - first} days` : ''
    text = `${capital(label)} ${value} makes up ${percent(share)} of the comparable events of this identity${known}`
  }
  if (tenantPoints > 0 && at < 0) {
    if (users > 0)
      text += `; ${Math.round(users)} ${users === 1 ? 'identity' : 'identities'} of the organisation use it`
    else if ((population.valueTotals[feature] ?? 0) > 0)
      text += '; nobody in the organisation is known to use it'
  }
  return {
    code: name,
    points,
    text,
    value,
    self,
    ...(tenantPoints > 0 ? { tenant } : {}),
  }
}

/** The reason with what it is made of, where members of the ensemble had their say. */
function withParts(reason: Reason, own: number, shares: Shares): Reason {
  if (shares === undefined) return reason
  const said = shares.map(({ member, points }) => ({ code: member, points }))
  return { ...reason, parts: own === 0 ? said : [{ code: 'surprise', points: own }, ...said] }
}

/** What a member of the ensemble says, or what is left of it once the rest was dealt out to the surprises it is about. */
function memberReason(term: number, points: number, left: Left): Reason {
  const { name: code = '', label = '' } = catalogue[term] ?? {}
  if (code === 'lstm') {
    const text = 'This action and those before it rarely follow one another here (order of actions)'
    return { code, points, text, ...(left === undefined ? {} : { parts: [...left] }) }
  }
  if (left === undefined) {
    return { code, points, text: `How the numbers of this sign-in go together (${label})` }
  }
  const leading = left
    .filter((part) => part.code !== 'base' && part.points > 0 === points > 0)
    .slice(0, 3)
    .map((part) => VECTOR.find(({ name }) => name === part.code)?.label)
  const named = leading.length === 0 ? 'What it says of any sign-in' : capital(leading.join(', '))
  return {
    code,
    points,
    text: `${named} (${label})`,
    ...(left.length === 0 ? {} : { parts: [...left] }),
  }
}

function numberReason(
  feature: number,
  points: number,
  input: EnrichedEvent,
  assessment: Assessment,
): Reason {
  const { name = '' } = catalogue[feature] ?? {}
  const { signals } = assessment
  const more = points > 0
  const text = (() => {
    switch (name) {
      case 'hour': {
        const clock = assessment.zone === 0 ? 'UTC' : 'local time'
        const when = `${WEEKDAYS[signals.localDay]} ${String(signals.localHour).padStart(2, '0')}:00 ${clock}`
        const whose = signals.history > 0 ? 'this identity' : 'the organisation'
        return more
          ? `${when} is an unusual hour for ${whose}`
          : `${when} is a usual hour for ${whose}`
      }
      case 'travel': {
        const leg = signals.travel
        return `${Math.round(leg?.distance_km ?? 0)} km from the last place, faster than an airliner`
      }
      case 'bytes_out':
        return `${bytes(input.event.traffic?.bytes_out)} sent out, ${more ? 'unusual' : 'usual'} for this identity`
      case 'bytes_in':
        return `${bytes(input.event.traffic?.bytes_in)} taken in, ${more ? 'unusual' : 'usual'} for this identity`
      case 'identity_rate':
        return 'More events within an hour than this identity usually has'
      case 'device_rate':
        return 'More sign-ins from this device than usual'
      case 'place_rate':
        return 'More sign-ins from this place than usual'
      case 'prefix_failures':
        return more
          ? 'Many sign-ins from this address range fail'
          : 'Sign-ins from this address range rarely fail'
      case 'asn_failures':
        return more
          ? 'Many sign-ins from this network fail'
          : 'Sign-ins from this network rarely fail'
      case 'reputation':
        return `The address is on ${(input.context.network?.listed ?? []).map(({ list }) => list).join(', ')}`
      case 'together':
        return 'Device and place are new at the same time'
      case 'unvouched':
        return 'The session goes on where nothing shows any more that the employer manages its device'
      case 'late_together':
        return 'Something new comes at an unusual hour'
      default:
        return 'The source itself reports a new device or a raised risk'
    }
  })()
  return { code: name, points, text }
}

/** The value of a remembered feature as people read it, at most 120 characters. */
export function printable(feature: number, input: EnrichedEvent): string {
  const text = nameOf(feature, input)
  return text.length > 120 ? `${text.slice(0, 119)}…` : text
}

function nameOf(feature: number, input: EnrichedEvent): string {
  const { name = '' } = catalogue[feature] ?? {}
  const { network, place } = input.context
  if (name === 'asn' && network?.as_name !== undefined) {
    return `AS${network.asn} (${network.as_name})`
  }
  if (name === 'city' && place?.country !== undefined) return `${place.city}, ${place.country}`
  if (name === 'sequence') return `${apiService(input)} after another service`
  const value = catalogue[feature]?.read(input) ?? ''
  // these are remembered with what they are part of: the usual browser on another system is new
  const { os = '', browser = '' } = input.context.client
  if (name === 'browser') return os === '' ? value : `${value} on ${os}`
  if (name === 'browser_version') return `${browser} ${value}`.trimStart()
  return name === 'os_version' ? `${os} ${value}`.trimStart() : value
}

function rarity(share: number): Rarity {
  if (share >= 0.2) return 'frequent'
  return share >= 0.02 ? 'infrequent' : 'rare'
}

function percent(share: number): string {
  const value = share * 100
  if (value >= 10) return `${Math.round(value)} %`
  return value >= 0.1 ? `${value.toFixed(1)} %` : 'under 0.1 %'
}

function bytes(count = 0): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB']
  const power = count < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(count) / 3))
  return `${(count / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
