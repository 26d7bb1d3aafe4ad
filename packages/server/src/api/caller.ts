import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { fault } from '../errors.ts'
import type { Caller, Role } from '../ports/accounts.ts'
import { failureKind } from '../ports/store-failure.ts'
import { isLocal, isOwnOrigin } from './origin.ts'
import type { ApiParts } from './parts.ts'

/** Name of the session cookie. */
export const SESSION_COOKIE = 'gatewatch_session'

/** Roles that may read. */
export const READ: readonly Role[] = ['admin', 'analyst', 'viewer']
/** Roles that may erase. */
export const ADMINISTER: readonly Role[] = ['admin']
/** Roles that may judge alerts. */
export const JUDGE: readonly Role[] = ['admin', 'analyst']
/** Roles that may send events. */
export const SEND: readonly Role[] = ['admin', 'ingest']
/** Every role. */
export const ANYONE: readonly Role[] = ['admin', 'analyst', 'viewer', 'ingest']

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call the route; `open` needs no proof. A route without it cannot be registered. */
    access?: 'open' | readonly Role[]
    /** Requests from this computer need no proof: `demo` only while the demo plays, `always` at any time. */
    local?: 'demo' | 'always'
    /** Whose requests a minute it counts among; all routes of a budget share it. Default `read`. */
    budget?: Budget | 'none'
  }
  interface FastifyRequest {
    caller: Caller | null
  }
}

/** Kinds of requests that are limited apart, by caller, or by address where nobody is proven. */
export type Budget = 'read' | 'send' | 'sign-in'

const signInsPerMinute = 20
const freshMs = 5_000
const staleMs = 600_000
const cacheSize = 10_000
const lookupsPerMinute = 300

/** The guard at the door of every route. */
export interface Guard {
  /** Forgets a proof at once, e.g. after signing out. */
  forget(secret: string): void
  /** Routes that libraries register while `register` runs are open: they serve files that hold nothing secret. */
  letIn(register: () => Promise<void>): Promise<void>
}

/**
 * Proves who is asking (API key or session cookie) and refuses what the role does not allow. Proofs are remembered for
 * 5 s; while the database is away, those of the last 10 min still count, so that /v1/assess can answer by policy.
 */
export function guard(app: FastifyInstance, parts: ApiParts): Guard {
  const known = new Map<string, { caller: Caller; at: number }>()
  const limit = (max: number) =>
    app.createRateLimit({ max, timeWindow: 60_000, keyGenerator: askerOf })
  const limitLookups = limit(lookupsPerMinute)
  const budgets: Readonly<Record<Budget, ReturnType<typeof limit>>> = {
    read: limit(parts.config.requestsPerMinute),
    send: limit(parts.config.ingestPerMinute),
    'sign-in': limit(signInsPerMinute),
  }

  app.decorateRequest('caller', null)
  let openByDefault = false
  app.addHook('onRoute', (route) => {
    if (route.config?.access !== undefined) return
    if (!openByDefault) throw new Error(`${route.url} does not say who may call it`)
    route.config = { ...route.config, access: 'open' }
  })
  app.addHook('onRequest', async (request, reply) => {
    const { access = 'open', local, budget = 'read' } = request.routeOptions.config
    if (access !== 'open') await admit(request, access, local)
    if (budget !== 'none') await spend(budgets[budget], request, reply)
  })

  async function admit(
    request: FastifyRequest,
    access: readonly Role[],
    local: 'demo' | 'always' | undefined,
  ): Promise<void> {
    request.caller = await prove(request)
    if (request.caller === null && local !== undefined && isLocal(request)) {
      if (local === 'always') return
      request.caller = parts.demoCaller
    }
    if (request.caller === null) throw fault('unauthenticated')
    if (!access.includes(request.caller.role)) {
      throw fault(
        'forbidden',
        `This needs the role ${access.join(' or ')}; yours is ${request.caller.role}.`,
      )
    }
  }

  async function prove(request: FastifyRequest): Promise<Caller | null> {
    const key = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
    if (key !== undefined) return remembered(request, key, parts.accounts.callerByKey)
    const session = request.cookies[SESSION_COOKIE]
    if (session === undefined) return null
    const changes = request.method !== 'GET' && request.method !== 'HEAD'
    if ((changes || request.ws) && !isOwnOrigin(request, parts.config.publicUrl)) {
      throw fault('foreign_origin')
    }
    return remembered(request, session, parts.accounts.callerBySession)
  }

  async function remembered(
    request: FastifyRequest,
    secret: string,
    look: (secret: string) => Promise<Caller | null>,
  ): Promise<Caller | null> {
    const name = fingerprint(secret)
    const entry = known.get(name)
    const now = parts.now()
    if (entry !== undefined && now - entry.at < freshMs) return entry.caller
    await spend(limitLookups, request)
    try {
      const caller = await look(secret)
      known.delete(name)
      if (caller !== null) known.set(name, { caller, at: now })
      if (known.size > cacheSize) known.delete(known.keys().next().value ?? '')
      return caller
    } catch (error) {
      if (failureKind(error) !== 'unavailable') throw error
      if (entry !== undefined && now - entry.at < staleMs) return entry.caller
      throw fault('store_unavailable')
    }
  }

  return {
    forget: (secret) => known.delete(fingerprint(secret)),
    async letIn(register) {
      openByDefault = true
      await register()
      openByDefault = false
    },
  }
}

/** The proven caller of a route that is not open. */
export function callerOf(request: FastifyRequest): Caller {
  if (request.caller === null) throw fault('unauthenticated')
  return request.caller
}

function askerOf({ caller, ip }: FastifyRequest): string {
  return caller === null ? `address ${ip}` : `caller ${caller.tenant} ${caller.name}`
}

/** Counts the request; throws, with Retry-After on the reply, where the budget of the minute is spent. */
async function spend(
  budget: ReturnType<FastifyInstance['createRateLimit']>,
  request: FastifyRequest,
  reply?: FastifyReply,
): Promise<void> {
  const state = await budget(request)
  if (state.isAllowed || !state.isExceeded) return
  reply?.header('retry-after', state.ttlInSeconds)
  throw fault('rate_limited', `Too many requests; try again in ${state.ttlInSeconds} s.`)
}

function fingerprint(secret: string): string {
  return createHash('sha256').update(secret).digest('base64')
}
