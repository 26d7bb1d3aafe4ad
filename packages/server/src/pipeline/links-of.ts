import { hash } from 'node:crypto'
import type { AccessEvent, EnrichedEvent, Principal } from '@gatewatch/schema'
import { lru } from 'tiny-lru'
import { FOREVER, type Link, type LinkRef } from '../ports/links.ts'
import { entityOf } from './identity.ts'

/** Longest life (ms) of what an event calls temporary, and how long an identity provider's session is followed. */
const TEMPORARY_MS = 36 * 3_600_000

const NONE: readonly never[] = []

/**
 * What an event says of whose a credential or a session is; only what succeeded says anything, and only of people and of
 * roles that somebody took on. `entity` is whose the event is by itself, before any link. Costs nothing where the event
 * gives out no credential and begins no session.
 */
export function linksOf({ event, entity }: EnrichedEvent): readonly Link[] {
  const { credential } = event
  if (credential === undefined) return sessionOf(event, entity)
  if (event.status_id !== 1) return NONE
  const { uid, session_uid, state } = credential
  const { vendor } = event.source
  if (state === 'deleted') {
    if (uid === undefined) return NONE
    return [{ ...linkOf(event, credentialRef(vendor, uid), null), ended: event.time }]
  }
  if (!canBeBehind(event.actor)) return NONE
  const isTemporary = state === 'temporary'
  const latest = event.time + TEMPORARY_MS
  const until = isTemporary ? Math.min(credential.expiration_time ?? latest, latest) : FOREVER
  const owner = ownerOf(event, entity)
  const isOwn = owner.key === entity.key
  const links: Link[] = []
  if (uid !== undefined) {
    links.push({
      ...linkOf(event, credentialRef(vendor, uid), owner),
      through: isOwn ? throughOf(event) : null,
      maker: isOwn ? null : entity.key,
      until,
    })
  }
  if (session_uid !== undefined && isTemporary) {
    const ref = roleSessionRef(vendor, session_uid, event.time)
    links.push({ ...linkOf(event, ref, owner), through: throughOf(event), until })
  }
  return links
}

/**
 * What may lead to whoever is behind an event, the surest first: its credential, then its session. Empty where the event
 * names its person by itself, and that is most of the time.
 */
export function refsOf({ event, entity }: EnrichedEvent): readonly LinkRef[] {
  const { actor, source } = event
  const { session, credential_uid } = actor
  if (actor.key !== undefined || actor.email_addr !== undefined) return NONE
  const isRole = session?.issuer !== undefined
  if (!isRole && !entity.key.startsWith('unknown:')) return NONE
  const refs: LinkRef[] = []
  if (credential_uid !== undefined) refs.push(credentialRef(source.vendor, credential_uid))
  if (isRole && actor.uid !== undefined && session.created_time !== undefined) {
    refs.push(roleSessionRef(source.vendor, actor.uid, session.created_time))
  }
  if (!isRole && session?.uid !== undefined) refs.push(sessionRef(source, session.uid))
  return refs
}

/** An identity provider's session belongs to whom it names; its later records may not name anybody. */
function sessionOf(event: AccessEvent, entity: EnrichedEvent['entity']): readonly Link[] {
  const { actor, class_uid, status_id, source, time } = event
  const uid = actor.session?.uid
  if (uid === undefined || class_uid !== 3002 || status_id !== 1) return NONE
  const isNamed = actor.key !== undefined || actor.email_addr !== undefined
  if (!isNamed || entity.class !== 'human' || actor.session?.issuer !== undefined) return NONE
  return [{ ...linkOf(event, sessionRef(source, uid), entity), until: time + TEMPORARY_MS }]
}

function linkOf(event: AccessEvent, ref: LinkRef, entity: Link['entity']): Link {
  return {
    ref,
    entity,
    contested: false,
    through: null,
    maker: null,
    from: event.time,
    until: FOREVER,
    ended: null,
  }
}

/** Services and whoever is not named take on roles all day; nobody is behind them. */
function canBeBehind({ type }: Principal): boolean {
  return type !== 'service' && type !== 'system' && type !== 'anonymous' && type !== 'unknown'
}

/** A credential made as a change of an account is that account's. */
function ownerOf(event: AccessEvent, entity: EnrichedEvent['entity']): EnrichedEvent['entity'] {
  const { target, class_uid } = event
  return class_uid === 3001 && target !== undefined ? entityOf({ ...event, actor: target }) : entity
}

function throughOf({ actor, source }: AccessEvent): LinkRef | null {
  const { credential_uid } = actor
  return credential_uid === undefined ? null : credentialRef(source.vendor, credential_uid)
}

function credentialRef(vendor: string, uid: string): LinkRef {
  return refOf('credential', vendor, uid)
}

/** Names of sessions are chosen and come again; with the second in which it began one is a session of its own. */
function roleSessionRef(vendor: string, uid: string, begun: number): LinkRef {
  return refOf('role session', vendor, uid, String(Math.floor(begun / 1000)))
}

function sessionRef({ vendor, tenant_uid = '' }: AccessEvent['source'], uid: string): LinkRef {
  return refOf('session', vendor, tenant_uid, uid)
}

const refs = lru<LinkRef>(20_000)

/** The first 128 bits of SHA-256 over the parts as a JSON list, so that no part runs into the next. */
function refOf(...parts: readonly string[]): LinkRef {
  const text = JSON.stringify(parts)
  const known = refs.get(text)
  if (known !== undefined) return known
  const ref = hash('sha256', text, 'hex').slice(0, 32)
  refs.set(text, ref)
  return ref
}
