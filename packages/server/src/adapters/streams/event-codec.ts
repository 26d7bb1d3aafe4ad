import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { AccessEvent, Context, Entity } from '@gatewatch/schema'
import { z } from 'zod'
import { fault } from '../../errors.ts'
import type { ArrivingEvent, TenantId } from '../../ports/store.ts'

/** An event of a tenant, as a stream keeps it. */
export interface StreamedEvent {
  readonly tenant: TenantId
  readonly arriving: ArrivingEvent
}

/** Turns events into the bytes that a stream keeps, and back. */
export interface EventCodec {
  encode(tenant: TenantId, arriving: ArrivingEvent): Buffer
  /** Throws an error that says why where these are no event; a fault where they may be one, and there is no key to tell. */
  decode(bytes: Uint8Array): StreamedEvent
}

/** First byte of a record: plain, or sealed with AES-256-GCM. A new layout takes another. */
const PLAIN = 1
const SEALED = 2
const IV_BYTES = 12
const TAG_BYTES = 16

const SEALED_WITHOUT_KEY =
  'Events of the stream are sealed, and wait: set GATEWATCH_STREAM_KEY to the key of those who publish.'

const hex = z.string().regex(/^[0-9a-f]{32}$/)
/** What stands before the event and the raw record. */
const Head = z.object({
  tenant: z.int().positive(),
  key: hex,
  content: hex,
  context: Context,
  entity: Entity,
  backfill: z.boolean(),
  raw: z.boolean(),
})

/**
 * A record: a byte that says how it is laid out, the length (4 bytes, big-endian) and the JSON of the head, the same of the event, the raw
 * record if there is one. With a key (32 bytes) it is sealed as a whole; what was written before there was one can still be read.
 */
export function createEventCodec(key?: Uint8Array): EventCodec {
  return {
    encode(tenant, { event, json, raw, ...rest }) {
      const head = JSON.stringify({ tenant, ...rest, raw: raw !== undefined })
      const plain: Uint8Array[] = [
        Uint8Array.of(PLAIN),
        ...sized(head),
        ...sized(json ?? JSON.stringify(event)),
      ]
      if (raw !== undefined) plain.push(raw)
      const record = Buffer.concat(plain)
      return key === undefined ? record : seal(key, record)
    },
    decode(bytes) {
      const record = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      if (record[0] !== SEALED) return read(record)
      if (key === undefined) throw fault('store_unavailable', SEALED_WITHOUT_KEY)
      return read(open(key, record))
    },
  }
}

function sized(text: string): readonly [Buffer, Buffer] {
  const body = Buffer.from(text)
  const size = Buffer.alloc(4)
  size.writeUInt32BE(body.length)
  return [size, body]
}

function read(record: Buffer): StreamedEvent {
  if (record[0] !== PLAIN) throw new Error('it does not begin as a record of Gatewatch does')
  const [headText, afterHead] = textAt(record, 1)
  const [json, afterEvent] = textAt(record, afterHead)
  const { tenant, raw, ...head } = Head.parse(JSON.parse(headText))
  const event = AccessEvent.parse(JSON.parse(json))
  const arriving = { ...head, event, json }
  // A copy: what the stream's client hands out is part of a larger buffer, which would be kept.
  const rest = Uint8Array.from(record.subarray(afterEvent))
  return { tenant, arriving: raw ? { ...arriving, raw: rest } : arriving }
}

function textAt(record: Buffer, at: number): readonly [text: string, end: number] {
  if (at + 4 > record.length) throw new Error('it is cut off')
  const end = at + 4 + record.readUInt32BE(at)
  if (end > record.length) throw new Error('it is cut off')
  return [record.toString('utf8', at + 4, end), end]
}

function seal(key: Uint8Array, plain: Buffer): Buffer {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  const body = [cipher.update(plain), cipher.final()]
  return Buffer.concat([Uint8Array.of(SEALED), iv, cipher.getAuthTag(), ...body])
}

function open(key: Uint8Array, sealed: Buffer): Buffer {
  const tagAt = 1 + IV_BYTES
  const bodyAt = tagAt + TAG_BYTES
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, tagAt))
  decipher.setAuthTag(sealed.subarray(tagAt, bodyAt))
  return Buffer.concat([decipher.update(sealed.subarray(bodyAt)), decipher.final()])
}
