/** Types of array elements with their PostgreSQL object identifiers. */
const OIDS = { text: 25, bytea: 17, uuid: 2950, int8: 20, float8: 701 } as const

/**
 * One-dimensional arrays in PostgreSQL's binary format, for `unnest($1::text[], ...)`: nothing to escape, nothing to
 * parse, and bytes go as they are. null elements are NULL.
 */
export const array = {
  text: packTexts,
  bytea: (values: readonly (Uint8Array | null)[]) => pack(OIDS.bytea, values),
  /** 32 hexadecimal digits each. */
  uuid: (values: readonly string[]) =>
    packFixed(OIDS.uuid, 16, values, (out, value, at) => {
      if (out.write(value, at, 'hex') !== 16) throw new RangeError(`"${value}" is no uuid`)
    }),
  /** Integers within the safe range. */
  int8: (values: readonly number[]) =>
    packFixed(OIDS.int8, 8, values, (out, value, at) => {
      if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is no safe integer`)
      out.writeInt32BE(Math.floor(value / 2 ** 32), at)
      out.writeUInt32BE(value >>> 0, at + 4)
    }),
  float8: (values: readonly number[]) =>
    packFixed(OIDS.float8, 8, values, (out, value, at) => out.writeDoubleBE(value, at)),
}

/** Text that a text column can hold: NUL and lone surrogates become U+FFFD. */
export function plainText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD')
}

/** Texts are written straight into the array: they are most of what is stored. */
function packTexts(values: readonly (string | null)[]): Buffer {
  const sizes = values.map((value) => (value === null ? 0 : Buffer.byteLength(value)))
  const out = header(
    OIDS.text,
    values,
    sizes.reduce((sum, size) => sum + size, 0),
  )
  let at = HEADER_BYTES
  values.forEach((value, index) => {
    const size = sizes[index] ?? 0
    out.writeInt32BE(value === null ? -1 : size, at)
    at += 4
    if (value !== null) out.write(value, at, 'utf8')
    at += size
  })
  return out
}

function pack(oid: number, values: readonly (Uint8Array | null)[]): Buffer {
  const content = values.reduce((sum, value) => sum + (value?.byteLength ?? 0), 0)
  const out = header(oid, values, content)
  let at = HEADER_BYTES
  for (const value of values) {
    out.writeInt32BE(value === null ? -1 : value.byteLength, at)
    at += 4
    if (value === null) continue
    out.set(value, at)
    at += value.byteLength
  }
  return out
}

/** Values of one size, none of them NULL, each put where it belongs by `write`. */
function packFixed<T>(
  oid: number,
  size: number,
  values: readonly T[],
  write: (out: Buffer, value: T, at: number) => void,
): Buffer {
  const out = header(oid, values, size * values.length)
  let at = HEADER_BYTES
  for (const value of values) {
    out.writeInt32BE(size, at)
    write(out, value, at + 4)
    at += 4 + size
  }
  return out
}

const HEADER_BYTES = 20

/** An array's bytes with the head filled in; an empty array has no dimension and ends there. */
function header(oid: number, values: readonly unknown[], contentBytes: number): Buffer {
  const count = values.length
  const out = Buffer.allocUnsafe(count === 0 ? 12 : HEADER_BYTES + 4 * count + contentBytes)
  out.writeInt32BE(count === 0 ? 0 : 1, 0)
  out.writeInt32BE(values.includes(null) ? 1 : 0, 4)
  out.writeInt32BE(oid, 8)
  if (count > 0) {
    out.writeInt32BE(count, 12)
    out.writeInt32BE(1, 16)
  }
  return out
}
