import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { nothingHere } from './answer-errors.ts'

/**
 * Serves the built dashboard at `/` and `/dashboard`; any other GET that wants HTML and fits no route gets it too, since
 * its addresses are the dashboard's own. Where it is not built, says how to build it.
 */
export async function dashboard(app: FastifyInstance, folder: string): Promise<void> {
  const built = existsSync(join(folder, 'index.html'))
  if (built) {
    await app.register(fastifyStatic, {
      root: folder,
      wildcard: false,
      index: ['index.html'],
      setHeaders: (reply, path) => {
        // File names of assets carry a hash of their content.
        const forever = path.startsWith(join(folder, 'assets'))
        reply.header('cache-control', forever ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    })
  }
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? ''
    const page =
      (request.method === 'GET' || request.method === 'HEAD') &&
      !path.startsWith('/v1/') &&
      request.headers.accept?.includes('text/html') === true
    if (!page && path !== '/' && path !== '/dashboard') return nothingHere(request, reply)
    if (built) return reply.sendFile('index.html')
    return reply
      .code(503)
      .type('text/plain; charset=utf-8')
      .send('The dashboard is not built yet. Run `npm run build`, then start again.\n')
  })
}
