import {
  Answer,
  type Question,
  QuestionCreated,
  QuestionList,
  QuestionRequest,
} from '@gatewatch/schema'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { eventFacts } from '../pipeline/question-desk.ts'
import { callerOf, JUDGE, READ } from './caller.ts'
import type { ApiParts } from './parts.ts'

const byId = z.object({ id: z.string().min(1).max(512) })
const token = z.string().min(1).max(256)
const tags = ['questions']

/** "Was this you?": asking an identity about an alert, and the page on which it answers. Opening the page changes nothing. */
export function questionRoutes(app: FastifyInstance, parts: ApiParts): void {
  const { questions, config } = parts
  const typed = app.withTypeProvider<ZodTypeProvider>()

  typed.post('/v1/alerts/:id/questions', {
    config: { access: JUDGE },
    schema: {
      tags,
      summary: 'Make a link by which an identity says whether it was them',
      description:
        "The link works once and until it expires. It is mailed to the identity's own address through an e-mail channel, or given for your own mail. The answer counts as a verdict only where it cannot come from the visitor asked about.",
      params: byId,
      body: QuestionRequest,
      response: { 200: QuestionCreated },
    },
    handler: (request) => {
      const { tenant, name } = callerOf(request)
      const site = config.publicUrl ?? `${request.protocol}://${request.host}`
      return questions.ask(tenant, request.params.id, request.body, name, site)
    },
  })

  typed.get('/v1/alerts/:id/questions', {
    config: { access: READ },
    schema: {
      tags,
      summary: 'What an identity was asked about an alert, and what it answered',
      params: byId,
      response: { 200: QuestionList },
    },
    handler: async (request) => ({
      questions: [...(await questions.of(callerOf(request).tenant, request.params.id))],
    }),
  })

  app.register(async (scope) => {
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: 2_048 },
      (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    )
    const pages = scope.withTypeProvider<ZodTypeProvider>()

    pages.get('/was-this-you', {
      config: { access: 'open', budget: 'sign-in' },
      schema: {
        tags,
        summary: 'The page that asks; opening it changes nothing',
        querystring: z.object({ token }),
        response: { 200: z.string(), 404: z.string() },
      },
      handler: async (request, reply) => {
        const alert = await questions.look(request.query.token)
        if (alert === null) return over(reply)
        return page(reply, 200, 'Was this you?', formOf(eventFacts(alert), request.query.token))
      },
    })

    pages.post('/was-this-you', {
      config: { access: 'open', budget: 'sign-in' },
      schema: {
        tags,
        summary: 'Answer, once',
        body: z.strictObject({ token, answer: Answer }),
        response: { 200: z.string(), 404: z.string() },
      },
      handler: async (request, reply) => {
        const { token: given, answer } = request.body
        const from = { ip: request.ip, userAgent: request.headers['user-agent'] }
        const question = await questions.answer(given, answer, from)
        return question === null ? over(reply) : page(reply, 200, 'Thank you', thanksTo(question))
      },
    })
  })
}

function over(reply: FastifyReply): FastifyReply {
  const text =
    '<p>This link was used already, or is over. If you are still being asked, write to whoever looks after your account.</p>'
  return page(reply, 404, 'This link does not work', text)
}

function formOf(facts: readonly (readonly [string, string])[], given: string): string {
  const rows = facts.map(([label, value]) => `<dt>${html(label)}</dt><dd>${html(value)}</dd>`)
  return `<p>Your account was used:</p><dl>${rows.join('')}</dl>
<form method="post" action="/was-this-you"><input type="hidden" name="token" value="${html(given)}">
<button name="answer" value="me">Yes, it was me</button> <button name="answer" value="not_me">No, it was not me</button></form>`
}

function thanksTo({ answer }: Question): string {
  const next =
    answer === 'me'
      ? 'There is nothing else to do.'
      : 'Change your password now; somebody looks into it.'
  return `<p>Your answer was noted. ${next}</p>`
}

function page(reply: FastifyReply, status: 200 | 404, title: string, body: string): FastifyReply {
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .serializer((text: string) => text)
    .send(`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="robots" content="noindex">
<meta name="viewport" content="width=device-width"><title>${title}</title>
<style>body{font:1.1rem/1.5 system-ui;max-width:34rem;margin:12vh auto;padding:0 1rem;color-scheme:light dark}dt{opacity:.7}dd{margin:0 0 .6rem;overflow-wrap:anywhere}button{font:inherit;padding:.7rem 1.2rem;margin:.4rem .4rem 0 0;min-height:44px}</style></head>
<body><main><h1>${title}</h1>${body}</main></body></html>`)
}

function html(text: string): string {
  return text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`)
}
