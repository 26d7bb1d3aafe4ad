import { SessionInfo } from '@gatewatch/schema'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { fault } from '../errors.ts'
import type { Caller } from '../ports/accounts.ts'
import { callerOf, READ, SESSION_COOKIE } from './caller.ts'
import { isOwnOrigin } from './origin.ts'
import type { ApiParts } from './parts.ts'

/** Signing in and out of the dashboard, by password or by a one-time link. */
export function sessionRoutes(
  app: FastifyInstance,
  parts: ApiParts,
  forget: (secret: string) => void,
): void {
  const typed = app.withTypeProvider<ZodTypeProvider>()

  typed.post('/v1/session', {
    config: { access: 'open', budget: 'sign-in' },
    schema: {
      tags: ['session'],
      summary: 'Sign in with a password',
      body: z.strictObject({ user: z.string().max(320), password: z.string().max(1024) }),
      response: { 200: SessionInfo },
    },
    handler: async (request, reply) => {
      const { origin } = request.headers
      if (origin !== undefined && !isOwnOrigin(request, parts.config.publicUrl)) {
        throw fault('foreign_origin')
      }
      const secret = await parts.accounts.signIn(request.body)
      if (secret === null) throw fault('wrong_credentials')
      setCookie(reply, secret)
      const caller = await parts.accounts.callerBySession(secret)
      if (caller === null) throw fault('wrong_credentials')
      return sessionInfo(caller)
    },
  })

  typed.get('/v1/session', {
    config: { access: READ },
    schema: { tags: ['session'], summary: 'Who is signed in', response: { 200: SessionInfo } },
    handler: async (request) => sessionInfo(callerOf(request)),
  })

  typed.delete('/v1/session', {
    config: { access: READ },
    schema: {
      tags: ['session'],
      summary: 'Sign out',
      response: { 204: z.null().describe('signed out') },
    },
    handler: async (request, reply) => {
      const secret = request.cookies[SESSION_COOKIE]
      if (secret !== undefined) {
        await parts.accounts.signOut(secret)
        forget(secret)
      }
      reply.clearCookie(SESSION_COOKIE, { path: '/' })
      return reply.code(204).send(null)
    },
  })

  typed.get('/signin', {
    config: { access: 'open', budget: 'sign-in' },
    schema: {
      tags: ['session'],
      summary: 'Sign in with a one-time link',
      querystring: z.object({ token: z.string().max(256) }),
      response: { 302: z.null().describe('to the dashboard') },
    },
    handler: async (request, reply) => {
      const secret = await parts.accounts.signIn({ token: request.query.token })
      reply.header('cache-control', 'no-store')
      if (secret === null) {
        const page = request.headers.accept?.includes('text/html') === true
        if (!page) throw fault('link_expired')
        // The dashboard says it in better words than an error can.
        return reply.redirect('/?signin=expired', 302)
      }
      setCookie(reply, secret)
      return reply.redirect('/', 302)
    },
  })

  function setCookie(reply: FastifyReply, secret: string): void {
    reply.setCookie(SESSION_COOKIE, secret, {
      path: '/',
      httpOnly: true,
      sameSite: 'strict',
      secure: parts.config.publicUrl?.startsWith('https:') ?? false,
    })
  }
}

function sessionInfo({ name, role, tenantName, demo }: Caller): SessionInfo {
  if (role === 'ingest') throw fault('forbidden')
  return { user: name, role, tenant: tenantName, demo }
}
