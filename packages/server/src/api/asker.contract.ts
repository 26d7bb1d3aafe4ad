import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ErrorBody } from '@gatewatch/schema'
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { expect } from 'vitest'
import { type Accounts, ROLES, type Role } from '../ports/accounts.ts'
import type { DeadLetters } from '../ports/dead-letters.ts'
import type { TenantId } from '../ports/store.ts'

/** A running API over some storage, with what a test must reach behind it; the demo plays. */
export interface TestedApi {
  readonly api: FastifyInstance
  readonly accounts: Accounts
  readonly deadLetters: DeadLetters
  readonly close: () => Promise<void>
}

/** Somebody who asks: a key of each role in one tenant, the administrator of another, or nobody. */
export type Who = Role | 'other' | null

/** Asks a tested API things in the name of callers it has made. */
export interface Asker {
  api(): FastifyInstance
  accounts(): Accounts
  deadLetters(): DeadLetters
  /** The tenant of the keys that are named by role. */
  tenant(): TenantId
  readonly keys: ReadonlyMap<string, string>
  ask(who: Who, options: InjectOptions): Promise<LightMyRequestResponse>
  post(who: Who, url: string, body: unknown): Promise<LightMyRequestResponse>
  /** POST /v1/events with these bytes. */
  send(
    payload: string | Buffer,
    headers?: Record<string, string>,
    query?: string,
  ): Promise<LightMyRequestResponse>
  /** Takes the API into use: makes tenants and keys. */
  begin(tested: TestedApi): Promise<void>
}

/** Beginning of addresses that tested APIs take for a VPN's and a proxy's. */
export const VPN = '45.77.1'
export const PROXY = '45.77.2'

/** Writes the file that says so, and gives its path. */
export async function writeNetworks(): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'gatewatch-networks-')), 'networks.csv')
  await writeFile(path, `${VPN}.0/24,vpn\n${PROXY}.0/24,proxy\n`)
  return path
}

/** Content type of a JSON body. */
export const json = { 'content-type': 'application/json' }

/** An asker without an API yet. */
export function createAsker(): Asker {
  const keys = new Map<string, string>()
  let tested: TestedApi | undefined
  let tenant: TenantId = 0
  const api = () => {
    if (tested === undefined) throw new Error('the API under test has not begun')
    return tested
  }
  const ask = (who: Who, options: InjectOptions) => {
    const key = who === null ? undefined : keys.get(who)
    const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` }
    return api().api.inject({ ...options, headers: { ...authorization, ...options.headers } })
  }
  return {
    api: () => api().api,
    accounts: () => api().accounts,
    deadLetters: () => api().deadLetters,
    tenant: () => tenant,
    keys,
    ask,
    post: (who, url, body) =>
      ask(who, { method: 'POST', url, headers: json, payload: JSON.stringify(body) }),
    send: (payload, headers = {}, query = '') =>
      ask('ingest', {
        method: 'POST',
        url: `/v1/events${query}`,
        headers: { 'content-type': 'application/x-ndjson', ...headers },
        payload,
      }),
    async begin(given) {
      tested = given
      tenant = (await given.accounts.ensureTenant('one', false)).id
      const other = (await given.accounts.ensureTenant('two', false)).id
      for (const role of ROLES) {
        keys.set(role, (await given.accounts.createKey(tenant, `${role} key`, role)).secret)
      }
      keys.set('other', (await given.accounts.createKey(other, 'other key', 'admin')).secret)
    },
  }
}

/** A sign-in a minute ago, as an application sends it. */
export function signIn(uid: string, user = 'ada@example.com', more: object = {}) {
  return {
    uid,
    time: Date.now() - 60_000,
    actor: { name: user },
    src: { ip: '203.0.113.7' },
    ...more,
  }
}

/** The answer is this error of the table, with a message that says something. */
export function expectError(answer: LightMyRequestResponse, status: number, code: string): void {
  expect(
    [answer.statusCode, ErrorBody.safeParse(answer.json()).data?.error.code],
    answer.body,
  ).toEqual([status, code])
  expect(answer.json().error.message.length).toBeGreaterThan(15)
}
