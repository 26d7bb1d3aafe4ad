/** Types of array elements with their PostgreSQL object identifiers. */
const OIDS = { text: 25, bytea: 17, uuid: 2950, int8: 20, float8: 701 } as const

/**
 * One-dimensional arrays in PostgreSQL's binary format, for `unnest($1::text[], ...)`: nothing to escape, nothing to
 * parse, and bytes go as they are. null elements are NULL.
 */
export const array = {
  text: (values: readonly (string | null)[]) => pack(OIDS.text, values.map(textBytes)),
  bytea: (values: readonly (Uint8Array | null)[]) => pack(OIDS.bytea, values),
  /** 32 hexadecimal digits each. */
  uuid: (values: readonly string[]) =>
    pack(
      OIDS.uuid,
      values.map((value) => Buffer.from(value, 'hex')),
    ),
  /** Integers within the safe range. */
  int8: (values: readonly number[]) =>
    pack(
      OIDS.int8,
      values.map((value) => {
        const bytes = Buffer.allocUnsafe(8)
        bytes.writeBigInt64BE(BigInt(value))
        return bytes
      }),
    ),
  float8: (values: readonly number[]) =>
    pack(
      OIDS.float8,
      values.map((value) => {
        const bytes = Buffer.allocUnsafe(8)
        bytes.writeDoubleBE(value)
        return bytes
      }),
    ),
}

/** Text that a text column can hold: NUL and lone surrogates become U+FFFD. */
export function plainText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD')
}

function textBytes(value: string | null): Buffer | null {
  return value === null ? null : Buffer.from(value, 'utf8')
}

function pack(oid: number, values: readonly (Uint8Array | null)[]): Buffer {
  const size = values.reduce((sum, value) => sum + 4 + (value?.byteLength ?? 0), 20)
  const out = Buffer.allocUnsafe(values.length === 0 ? 12 : size)
  out.writeInt32BE(values.length === 0 ? 0 : 1, 0)
  out.writeInt32BE(values.includes(null) ? 1 : 0, 4)
  out.writeInt32BE(oid, 8)
  if (values.length === 0) return out
  out.writeInt32BE(values.length, 12)
  out.writeInt32BE(1, 16)
  let at = 20
  for (const value of values) {
    out.writeInt32BE(value === null ? -1 : value.byteLength, at)
    at += 4
    if (value === null) continue
    out.set(value, at)
    at += value.byteLength
  }
  return out
}
