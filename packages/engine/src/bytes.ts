/** Writes numbers into a growing buffer, little end first. */
export class ByteWriter {
  private buffer = new Uint8Array(512)
  private view = new DataView(this.buffer.buffer)
  private length = 0

  private room(bytes: number): number {
    const at = this.length
    if (at + bytes > this.buffer.length) {
      const larger = new Uint8Array(Math.max(this.buffer.length * 2, at + bytes))
      larger.set(this.buffer)
      this.buffer = larger
      this.view = new DataView(larger.buffer)
    }
    this.length = at + bytes
    return at
  }

  /** One byte, 0-255. */
  u8(value: number): void {
    const at = this.room(1)
    this.view.setUint8(at, value)
  }

  /** Four bytes, 0 to 2^32 - 1. */
  u32(value: number): void {
    const at = this.room(4)
    this.view.setUint32(at, value, true)
  }

  /** Four bytes, a number to seven digits. */
  f32(value: number): void {
    const at = this.room(4)
    this.view.setFloat32(at, value, true)
  }

  /** Eight bytes, any number. */
  f64(value: number): void {
    const at = this.room(8)
    this.view.setFloat64(at, value, true)
  }

  /** A whole number from 0 to 2^53, seven bits a byte. */
  varint(value: number): void {
    let rest = value
    while (rest >= 128) {
      this.u8((rest % 128) + 128)
      rest = Math.floor(rest / 128)
    }
    this.u8(rest)
  }

  /** A whole number of either sign, small ones short. */
  signed(value: number): void {
    this.varint(value < 0 ? -2 * value - 1 : 2 * value)
  }

  /** Bytes as they are. */
  bytes(some: Uint8Array): void {
    const at = this.room(some.length)
    this.buffer.set(some, at)
  }

  /** Everything written, followed by a checksum of it (FNV-1a, four bytes). */
  finish(): Uint8Array {
    this.u32(checksum(this.buffer, this.length))
    return this.buffer.slice(0, this.length)
  }
}

/** Reads what a ByteWriter wrote. Every method throws a RangeError at the end of the bytes. */
export class ByteReader {
  private readonly all: Uint8Array
  private readonly view: DataView
  private readonly end: number
  private at = 0

  /** @throws RangeError when the checksum does not fit: the bytes are damaged or cut. `what` names them in the message. */
  constructor(bytes: Uint8Array, what: string) {
    this.all = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.end = bytes.length - 4
    if (this.end < 0 || this.view.getUint32(this.end, true) !== checksum(bytes, this.end)) {
      throw new RangeError(`${what} of ${bytes.length} bytes is damaged: its checksum does not fit`)
    }
  }

  private take(count: number): number {
    const at = this.at
    if (at + count > this.end) throw new RangeError('the record ends too early')
    this.at = at + count
    return at
  }

  /** One byte. */
  u8(): number {
    return this.all[this.take(1)] ?? 0
  }

  /** Four bytes. */
  u32(): number {
    return this.view.getUint32(this.take(4), true)
  }

  /** Four bytes, a number to seven digits. */
  f32(): number {
    return this.view.getFloat32(this.take(4), true)
  }

  /** Eight bytes. */
  f64(): number {
    return this.view.getFloat64(this.take(8), true)
  }

  /** A whole number, seven bits a byte. */
  varint(): number {
    let value = 0
    let factor = 1
    for (let i = 0; i < 8; i++) {
      const byte = this.u8()
      value += (byte & 127) * factor
      if (byte < 128) return value
      factor *= 128
    }
    throw new RangeError('the record has a number of more than 56 bits')
  }

  /** A whole number of either sign. */
  signed(): number {
    const value = this.varint()
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2
  }

  /** So many bytes as they are, copied. */
  bytes(count: number): Uint8Array {
    const at = this.take(count)
    // not slice: that of Node's buffers copies nothing
    return Uint8Array.from(this.all.subarray(at, at + count))
  }

  /** Bytes that are not read yet. */
  left(): number {
    return this.end - this.at
  }

  /** @throws RangeError when bytes are left over. */
  finish(): void {
    if (this.at !== this.end) throw new RangeError('the record is longer than its content')
  }
}

function checksum(bytes: Uint8Array, length: number): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193)
  return hash >>> 0
}
