import { type ByteReader, ByteWriter } from '../bytes.ts'
import type { Member } from '../types.ts'
import { type TailTable, tailNats, writeTail } from './tail-table.ts'
import { LAYOUT } from './vector.ts'

const VERSION = 1

/** A member's bytes: its magic, version, layout of the vector, what `write` writes, checksum. */
export function encoded(magic: number, write: (out: ByteWriter) => void): Uint8Array {
  const out = new ByteWriter()
  out.u8(magic)
  out.u8(VERSION)
  out.u32(LAYOUT)
  write(out)
  return out.finish()
}

/** Reads what stands before a member's content: gives its magic. @throws RangeError for another version, or for other numbers than this build's members read. */
export function readEnvelope(input: ByteReader): number {
  const magic = input.u8()
  if (input.u8() !== VERSION || input.u32() !== LAYOUT) throw noMember()
  return magic
}

/** What is said of bytes that are no member of this build. */
export function noMember(): RangeError {
  return new RangeError('these bytes are no member of this build; it must be fitted anew')
}

/** A model whose strangeness is a sum of squares, one for each number of the vector, which `error` fills in where asked. */
interface Distance {
  error(vector: Float64Array, errors?: Float64Array): number
  write(out: ByteWriter): void
}

/** Such a model as a member: -ln of the share of ordinary sign-ins that are as far off, shared out by squares. */
export function distanceMember(
  term: number,
  magic: number,
  table: TailTable,
  { error, write }: Distance,
): Member {
  return {
    term,
    points: (vector) => tailNats(table, error(vector)),
    explain(vector, shares) {
      const sum = error(vector, shares)
      const points = tailNats(table, sum)
      const scale = sum > 0 ? points / sum : 0
      for (let k = 0; k < shares.length; k++) shares[k] = (shares[k] as number) * scale
      return scale === 0 ? points : 0
    },
    encode: () =>
      encoded(magic, (out) => {
        writeTail(out, table)
        write(out)
      }),
  }
}
