import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { fault } from '../errors.ts'
import type { Caller, Role } from '../ports/accounts.ts'
import { failureKind } from '../ports/store-failure.ts'
import { isLocal, isOwnOrigin } from './origin.ts'
import type { ApiParts } from './parts.ts'

/** Name of the session cookie. */
export const SESSION_COOKIE = 'gatewatch_session'

/** Roles that may read. */
export const READ: readonly Role[] = ['admin', 'analyst', 'viewer']
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
  }
  interface FastifyRequest {
    caller: Caller | null
  }
}

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
  const limitLookups = app.createRateLimit({
    max: lookupsPerMinute,
    timeWindow: 60_000,
    keyGenerator: (request) => request.ip,
  })

  app.decorateRequest('caller', null)
  let openByDefault = false
  app.addHook('onRoute', (route) => {
    if (route.config?.access !== undefined) return
    if (!openByDefault) throw new Error(`${route.url} does not say who may call it`)
    route.config = { ...route.config, access: 'open' }
  })
  app.addHook('onRequest', async (request) => {
    const { access, local } = request.routeOptions.config
    if (access === undefined || access === 'open') return
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
  })

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
    const limit = await limitLookups(request)
    if (!limit.isAllowed && limit.isExceeded) throw fault('rate_limited')
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

function fingerprint(secret: string): string {
  return createHash('sha256').update(secret).digest('base64')
}
