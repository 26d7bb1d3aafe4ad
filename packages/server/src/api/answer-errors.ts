import type { ErrorBody } from '@gatewatch/schema'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { ERRORS, type Fault, fault, isFault } from '../errors.ts'
import { failureKind } from '../ports/store-failure.ts'

const frameworkCodes: Readonly<Record<string, keyof typeof ERRORS>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'empty_body',
  FST_ERR_CTP_EMPTY_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_INVALID_JSON_BODY: 'malformed_json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid_request',
}

/** Every error leaves as an ErrorBody with a code of the table; what the table does not know is logged and says nothing. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const known = asFault(error)
    if (known.code === 'internal') request.log.error({ err: error }, 'request failed')
    return answerFault(reply, known)
  })
}

/** Sends the error as its table entry says. */
function answerFault(reply: FastifyReply, { code, message, details }: Fault): FastifyReply {
  const { status } = ERRORS[code]
  if (status === 503) reply.header('retry-after', '1')
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="gatewatch"')
  const body: ErrorBody = {
    error: { code, message, ...(details === undefined ? {} : { details: [...details] }) },
  }
  return reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(body))
}

/** What is said where no route fits. */
export function nothingHere(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = request.url.split('?', 1)[0]
  return answerFault(
    reply,
    fault('not_found', `There is no ${request.method} ${path}. GET /docs lists what there is.`),
  )
}

function asFault(error: FastifyError): Fault {
  if (isFault(error)) return error
  if (hasZodFastifySchemaValidationErrors(error)) {
    const details = error.validation.map((issue) => ({
      path: `${error.validationContext ?? 'body'}${issue.instancePath}`,
      message: issue.message ?? 'is wrong',
    }))
    const first = details[0]
    return fault('invalid_request', first && `${first.path}: ${first.message}`, details)
  }
  const code = frameworkCodes[error.code]
  if (code !== undefined) return fault(code)
  if (error instanceof SyntaxError)
    return fault('malformed_json', `The body is not valid JSON: ${error.message}`)
  if (failureKind(error) === 'unavailable') return fault('store_unavailable')
  if (error.statusCode === 429) return fault('rate_limited')
  if (error.statusCode !== undefined && error.statusCode < 500)
    return fault('invalid_request', error.message)
  return fault('internal')
}
