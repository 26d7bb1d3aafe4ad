import type { AccessEvent, Actor, Entity } from '@gatewatch/schema'

/**
 * Whose behaviour an event belongs to. A person is known by e-mail address across vendors, else by account and name,
 * else by the vendor's id; a workload by account and role; whoever cannot be named shares one entity a source. Keys are
 * lower case and at most 512 characters. Never fails.
 */
export function entityOf(event: AccessEvent): Entity {
  const { actor } = event
  const entity = namedBy(event, actor)
  const key = (actor.key ?? entity.key).toLowerCase().slice(0, 512)
  return { key, name: entity.name || key, class: classOf(actor) }
}

function classOf(actor: Actor): Entity['class'] {
  const { type } = actor
  const machine = ['service', 'workload', 'system', 'anonymous'].includes(type)
  return machine ? 'service' : 'human'
}

function namedBy(event: AccessEvent, actor: Actor): { key: string; name: string } {
  const { name, uid, email_addr } = actor
  const account = actor.account_uid ?? actor.domain
  switch (actor.type) {
    case 'root':
      return { key: `root:${account ?? name ?? sourceOf(event)}`, name: name ?? 'root' }
    case 'anonymous':
      return { key: `anonymous:${sourceOf(event)}`, name: 'anonymous' }
    case 'workload':
      return named('role', account, name ?? uid, event)
    case 'service':
    case 'system':
      // Names of applications are for show and anybody may choose them.
      return { ...named('service', undefined, uid ?? name, event), ...(name && { name }) }
    default: {
      if (email_addr !== undefined) return { key: `user:${email_addr}`, name: name ?? email_addr }
      if (name === undefined && uid !== undefined) return { key: `user:${uid}`, name: uid }
      return named('user', account, name, event)
    }
  }
}

function named(
  kind: string,
  account: string | undefined,
  name: string | undefined,
  event: AccessEvent,
): { key: string; name: string } {
  if (name === undefined) {
    return { key: `unknown:${account ?? sourceOf(event)}`, name: `somebody unknown` }
  }
  return { key: account === undefined ? `${kind}:${name}` : `${kind}:${account}/${name}`, name }
}

function sourceOf({ source }: AccessEvent): string {
  return source.tenant_uid === undefined ? source.vendor : `${source.vendor}/${source.tenant_uid}`
}
