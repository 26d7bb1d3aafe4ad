import { gunzipSync } from 'node:zlib'

/** Unpacked, a payload may be this many times its size (but 1 MB in any case). */
const EXPANSION = 200
const ALWAYS = 1024 * 1024

/** The text in base64, unpacked where it is gzip, of at most `most` bytes. Undefined where it is neither, damaged, or a bomb. */
export function unpackedText(base64: string, most: number): string | undefined {
  if (!/^[A-Za-z0-9+/_-]+={0,2}\s*$/.test(base64)) return undefined
  const bytes = Buffer.from(base64, 'base64')
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes.toString('utf8')
  const maxOutputLength = Math.min(most, Math.max(ALWAYS, bytes.length * EXPANSION))
  if (maxOutputLength < 1) return undefined
  try {
    return gunzipSync(bytes, { maxOutputLength }).toString('utf8')
  } catch {
    return undefined
  }
}
