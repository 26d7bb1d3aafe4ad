/** What a MaxMind DB record may hold: texts, numbers, truth values, lists and named fields of these. */
export type MmdbValue =
  | string
  | number
  | boolean
  | readonly MmdbValue[]
  | { readonly [name: string]: MmdbValue }

const TYPE = {
  text: 2,
  double: 3,
  uint16: 5,
  uint32: 6,
  map: 7,
  uint64: 9,
  array: 11,
  boolean: 14,
} as const

/** Appends a value to `out` in the data format of MaxMind DB 2.0: whole numbers from 0 to 2^32 - 1 as uint32, others as doubles. */
export function encodeValue(value: MmdbValue, out: number[]): void {
  if (typeof value === 'string') encodeText(value, out)
  else if (typeof value === 'boolean') control(TYPE.boolean, value ? 1 : 0, out)
  else if (typeof value === 'number') encodeNumber(value, out)
  else if (isList(value)) {
    control(TYPE.array, value.length, out)
    for (const item of value) encodeValue(item, out)
  } else encodeFields(value, out)
}

/** Appends a whole number as an unsigned integer of 16, 32 or 64 bits, as the metadata wants it. */
export function encodeUnsigned(value: number, bits: 16 | 32 | 64, out: number[]): void {
  const bytes: number[] = []
  for (let left = value; left > 0; left = Math.floor(left / 256)) bytes.unshift(left % 256)
  control(bits === 16 ? TYPE.uint16 : bits === 32 ? TYPE.uint32 : TYPE.uint64, bytes.length, out)
  out.push(...bytes)
}

/** Appends the head of a map with so many fields. */
export function encodeMapHead(fields: number, out: number[]): void {
  control(TYPE.map, fields, out)
}

function encodeFields(value: { readonly [name: string]: MmdbValue }, out: number[]): void {
  const entries = Object.entries(value)
  control(TYPE.map, entries.length, out)
  for (const [name, part] of entries) {
    encodeText(name, out)
    encodeValue(part, out)
  }
}

function encodeText(text: string, out: number[]): void {
  const bytes = Buffer.from(text, 'utf8')
  control(TYPE.text, bytes.length, out)
  for (const byte of bytes) out.push(byte)
}

function encodeNumber(value: number, out: number[]): void {
  if (Number.isInteger(value) && value >= 0 && value < 2 ** 32) {
    encodeUnsigned(value, 32, out)
    return
  }
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(value)
  control(TYPE.double, 8, out)
  for (const byte of bytes) out.push(byte)
}

function isList(value: MmdbValue): value is readonly MmdbValue[] {
  return Array.isArray(value)
}

/** Type in the upper 3 bits (beyond 7: 0, and a byte that says by how much), size in the lower 5, longer sizes in what follows. */
function control(type: number, size: number, out: number[]): void {
  const extra: number[] = []
  let low = size
  if (size >= 65_821) {
    low = 31
    extra.push(((size - 65_821) >> 16) & 255, ((size - 65_821) >> 8) & 255, (size - 65_821) & 255)
  } else if (size >= 285) {
    low = 30
    extra.push((size - 285) >> 8, (size - 285) & 255)
  } else if (size >= 29) {
    low = 29
    extra.push(size - 29)
  }
  if (type > 7) out.push(low, type - 7, ...extra)
  else out.push((type << 5) | low, ...extra)
}
