import type { AccessEvent, EnrichedEvent, Entity } from '@gatewatch/schema'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createLinkTable, FOREVER, type Link } from '../ports/links.ts'
import { followLinks, MOST_LINKS } from './follow-links.ts'
import { createLinkBook } from './link-book.ts'
import { refsOf } from './links-of.ts'

const NOW = Date.UTC(2026, 4, 20, 12)
const ada: Entity = { key: 'user:1/ada', name: 'ada', class: 'human' }
const role: Entity = { key: 'role:1/admin', name: 'Admin', class: 'service' }

function call(credential: string, change: Partial<AccessEvent> = {}): EnrichedEvent {
  const event: AccessEvent = {
    v: 1,
    uid: 'e1',
    uid_kind: 'native',
    revision: 0,
    time: NOW,
    observed_time: NOW,
    source: { vendor: 'aws', product: 'cloudtrail', format: 'cloudtrail', connector: 'file' },
    class_uid: 6003,
    activity_id: 99,
    activity: 'AssumeRole',
    status_id: 1,
    actor: {
      type: 'workload',
      name: 'Admin',
      account_uid: '1',
      credential_uid: credential,
      session: { issuer: 'arn:aws:iam::1:role/Admin' },
    },
    src: { ip_kind: 'missing' },
    ...change,
  }
  return { event, context: { client: { kind: 'unknown' }, missing: [] }, entity: role }
}

const refOf = (credential: string) => refsOf(call(credential))[0] ?? ''

function link(credential: string, change: Partial<Link> = {}): Link {
  const span = { from: NOW, until: FOREVER, ended: null }
  const rest = { entity: role, contested: false, through: null, maker: null, ...span, ...change }
  return { ref: refOf(credential), ...rest }
}

/** Credentials 0 to `length` - 1, each taken on with the next; the last one by ada. */
function chain(length: number): Link[] {
  return Array.from({ length }, (_, n) =>
    n === length - 1
      ? link(`key ${n}`, { entity: ada })
      : link(`key ${n}`, { through: refOf(`key ${n + 1}`) }),
  )
}

function behind(links: readonly Link[], input = call('key 0')): string {
  const followed = followLinks(input, createLinkTable(links).find)
  return 'ask' in followed ? 'asked' : followed.entity.key
}

describe('whoever is behind a role', () => {
  test.each([1, 2, 3, MOST_LINKS])('is found through %i links', (length) => {
    expect(behind(chain(length))).toBe(ada.key)
  })

  test('is not looked for any further', () => {
    expect(behind(chain(MOST_LINKS + 1))).toBe(role.key)
  })

  test('is nobody where a machine took it on, or records disagree, or the link is over or yet to come', () => {
    expect(behind([link('key 0')])).toBe(role.key)
    expect(behind([link('key 0', { entity: null, contested: true })])).toBe(role.key)
    const by = (change: Partial<Link>) => behind([link('key 0', { entity: ada, ...change })])
    expect(by({})).toBe(ada.key)
    expect(by({ from: NOW - 10, until: NOW - 1 })).toBe(role.key)
    expect(by({ from: NOW - 10, ended: NOW - 1 })).toBe(role.key)
    expect(by({ from: NOW + 30_000 })).toBe(ada.key)
    expect(by({ from: NOW + 90_000 })).toBe(role.key)
  })

  test('is asked for where it is not known whether there is a link', () => {
    const known = createLinkTable(chain(3)).find
    const third = refOf('key 2')
    const followed = followLinks(call('key 0'), (ref) => (ref === third ? undefined : known(ref)))
    expect(followed).toEqual({ ask: third })
  })

  test('is somebody who was named by a link, or the role itself, whatever the links: cycles end', () => {
    const any = fc.record({
      of: fc.nat(5),
      through: fc.option(fc.nat(5)),
      entity: fc.option(fc.constantFrom(ada, role)),
    })
    fc.assert(
      fc.property(fc.array(any, { maxLength: 12 }), fc.nat(5), (described, start) => {
        const links = described.map(({ of, through, entity }) =>
          link(`key ${of}`, { entity, through: through === null ? null : refOf(`key ${through}`) }),
        )
        const table = createLinkTable()
        for (const one of links) table.learn(one)
        let asked = 0
        const followed = followLinks(call(`key ${start}`), (ref) => {
          asked += 1
          return table.find(ref)
        })
        expect(asked).toBeLessThanOrEqual(MOST_LINKS + 1)
        expect([ada.key, role.key]).toContain('ask' in followed ? '' : followed.entity.key)
      }),
    )
  })
})

describe('a book of links', () => {
  const issue = (by: string, credential: string, time: number) =>
    call(by, { time, credential: { state: 'temporary', uid: credential } })
  const person = (credential: string, time: number): EnrichedEvent => {
    const input = issue('', credential, time)
    const actor = { type: 'user', name: 'ada', account_uid: '1' } as const
    return { ...input, event: { ...input.event, actor }, entity: ada }
  }

  test('follows a role taken on from a role, also in another order, and forgets what is long over', () => {
    const book = createLinkBook()
    book.follow(issue('first', 'second', NOW))
    expect(book.follow(call('second')).entity).toEqual(role)
    book.follow(person('first', NOW))
    expect(book.follow(call('second')).entity).toEqual(ada)
    expect(createLinkBook(book.all()).follow(call('second')).entity).toEqual(ada)
    const days = 86_400_000
    for (let n = 0; n < 50_000; n++) book.follow(issue('x', `key ${n}`, NOW + 40 * days))
    expect(book.all().some(({ ref }) => ref === refOf('second'))).toBe(false)
  })
})
