import { createHash, randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'

/** A new secret of 256 random bits, `gw_` and 43 characters: so that scanners know one when somebody commits it. */
export function newSecret(): string {
  return `gw_${randomBytes(32).toString('base64url')}`
}

/** SHA-256 of a random secret, which is what is stored: 256 random bits need no slow hash. 32 bytes. */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

/** argon2id of a password, as a PHC string: 19 MiB, 2 passes. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, { memoryCost: 19_456, timeCost: 2, parallelism: 1 })
}

let decoy: Promise<string> | undefined

/** Is this the password? `stored` null (no such user, or one without a password): takes as long, and says no. */
export async function isPassword(stored: string | null, password: string): Promise<boolean> {
  decoy ??= hashPassword(newSecret())
  const right = await verify(stored ?? (await decoy), password)
  return stored !== null && right
}
