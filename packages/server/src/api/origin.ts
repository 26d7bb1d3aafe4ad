import type { FastifyRequest } from 'fastify'
import ipaddr from 'ipaddr.js'

const forwardedHeaders = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
]

/**
 * Does the request come from a program on this computer, and not through a proxy or from a page of another site? The
 * socket is loopback, nothing was forwarded, and the host asked for is this computer (a foreign name that resolves to
 * 127.0.0.1 is a rebinding attack).
 */
export function isLocal(request: FastifyRequest): boolean {
  const address = request.raw.socket.remoteAddress
  if (address === undefined || !ipaddr.isValid(address)) return false
  if (ipaddr.process(address).range() !== 'loopback') return false
  if (forwardedHeaders.some((header) => request.headers[header] !== undefined)) return false
  const host = hostnameOf(`http://${request.headers.host ?? ''}`)
  if (host !== 'localhost' && host !== '127.0.0.1' && host !== '[::1]') return false
  return request.headers.origin === undefined || isOwnOrigin(request, undefined)
}

/** Does the Origin header name the site itself, as the browser sees it (or as `publicUrl` says)? Absent: no. */
export function isOwnOrigin(request: FastifyRequest, publicUrl: string | undefined): boolean {
  const { origin } = request.headers
  if (origin === undefined || !URL.canParse(origin)) return false
  if (publicUrl !== undefined && origin === new URL(publicUrl).origin) return true
  const { host, protocol } = new URL(origin)
  // Parsed as a URL of the same scheme, so that a port that goes without saying is left out of both.
  const own = `${protocol}//${request.host}`
  return URL.canParse(own) && host !== '' && host === new URL(own).host
}

function hostnameOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).hostname : null
}
