import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Vault } from '../ports/vault.ts'

/** Form of what is sealed: this byte, 12 bytes of nonce, 16 of tag, then the text. */
const FORM = 1
const NONCE = 12
const TAG = 16
const KEY = 32

/** Seals with AES-256-GCM, a random nonce each time; the name is authenticated with it. `key`: 32 bytes. */
export function createVault(key: Uint8Array): Vault {
  if (key.length !== KEY) throw new Error('a vault needs a key of 32 bytes')
  return {
    seal(text, belongsTo) {
      const nonce = randomBytes(NONCE)
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG })
      cipher.setAAD(Buffer.from(belongsTo))
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([Buffer.of(FORM), nonce, cipher.getAuthTag(), body])
    },
    open(sealed, belongsTo) {
      const bytes = Buffer.from(sealed)
      const bodyAt = 1 + NONCE + TAG
      try {
        if (bytes[0] !== FORM || bytes.length < bodyAt) throw new Error('another form')
        const nonce = bytes.subarray(1, 1 + NONCE)
        const cipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG })
        cipher.setAAD(Buffer.from(belongsTo))
        cipher.setAuthTag(bytes.subarray(1 + NONCE, bodyAt))
        return Buffer.concat([cipher.update(bytes.subarray(bodyAt)), cipher.final()]).toString()
      } catch (cause) {
        throw new Error(
          `The stored credentials of ${belongsTo} cannot be opened: they were sealed with another key. Start with the GATEWATCH_SECRET_KEY, or the file secret.key, they were stored with, or give the credentials again.`,
          { cause },
        )
      }
    },
  }
}

/**
 * The vault of this installation: its key is `secretKey` (32 bytes as base64) or, without one, that of the file `secret.key`
 * in the data folder, which is made where it is missing, readable to its owner alone.
 */
export async function openVault(at: {
  readonly secretKey?: string | undefined
  readonly dataDir: string
}): Promise<Vault> {
  if (at.secretKey !== undefined) return createVault(keyOf(at.secretKey, 'GATEWATCH_SECRET_KEY'))
  const file = join(at.dataDir, 'secret.key')
  await mkdir(at.dataDir, { recursive: true })
  if (!existsSync(file)) await makeOnce(file)
  return createVault(keyOf(await readFile(file, 'utf8'), file))
}

/** Nobody reads a key that is half written: it is linked to its name once it is whole. */
async function makeOnce(file: string): Promise<void> {
  const made = `${file}.${randomBytes(8).toString('hex')}`
  await writeFile(made, `${randomBytes(KEY).toString('base64')}\n`, { flag: 'wx', mode: 0o600 })
  try {
    await link(made, file)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    await unlink(made)
  }
}

function keyOf(text: string, from: string): Uint8Array {
  const key = Buffer.from(text.trim(), 'base64')
  if (key.length === KEY) return key
  throw new Error(`${from} holds no key: it takes 32 bytes as base64 (openssl rand -base64 32).`)
}
