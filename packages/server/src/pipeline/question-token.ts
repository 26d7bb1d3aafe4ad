import { createHmac, timingSafeEqual } from 'node:crypto'
import type { TenantId } from '../ports/store.ts'

/** What a link says: whose question it is, which, and until when (ms) it works. */
export interface TokenClaims {
  readonly tenant: TenantId
  readonly id: string
  readonly expires: number
}

const BODY = 4 + 16 + 6
const MAC = 32

/** Signs what a link says with the tenant's secret, as text for an address: base64url of 58 bytes. */
export function signToken({ tenant, id, expires }: TokenClaims, secret: Uint8Array): string {
  const body = Buffer.alloc(BODY)
  body.writeUInt32BE(tenant, 0)
  body.write(id.replaceAll('-', ''), 4, 'hex')
  body.writeUIntBE(expires, 20, 6)
  return Buffer.concat([body, macOf(body, secret)]).toString('base64url')
}

/** What a link claims to say, not yet proven; null where it is none. */
export function readToken(token: string): TokenClaims | null {
  const bytes = Buffer.from(token, 'base64url')
  if (bytes.length !== BODY + MAC || bytes.toString('base64url') !== token) return null
  const hex = bytes.toString('hex', 4, 20)
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  return { tenant: bytes.readUInt32BE(0), id, expires: bytes.readUIntBE(20, 6) }
}

/** Was the link signed with this secret? Takes equal time whatever is wrong. */
export function isSigned(token: string, secret: Uint8Array): boolean {
  const bytes = Buffer.from(token, 'base64url')
  return (
    bytes.length === BODY + MAC &&
    timingSafeEqual(bytes.subarray(BODY), macOf(bytes.subarray(0, BODY), secret))
  )
}

/** The tenant's secret also keys hashes: what it signs here is told apart by its own key. */
function macOf(body: Uint8Array, secret: Uint8Array): Buffer {
  const key = createHmac('sha256', secret).update('was this you?').digest()
  return createHmac('sha256', key).update(body).digest()
}
