import { isFault } from '../../errors.ts'
import type { ArrivingEvent, TenantId } from '../../ports/store.ts'
import type { Taken, Taker } from '../../ports/stream.ts'
import type { EventCodec } from './event-codec.ts'

/** How often an event is tried that fails although the database answers, before it counts as poison. */
const TRIES = 3

/**
 * Works off records of a stream, in order: resolves when each has taken effect or lies among the dead letters, and rejects where the database
 * is away or the key of sealed ones is missing, so that all of them must be handed out again; those that took effect are recognised then. What cannot be read goes
 * to the dead letters, and so does what fails alone, again and again.
 */
export async function workOff(
  taker: Taker,
  codec: EventCodec,
  records: readonly Uint8Array[],
): Promise<void> {
  for (const { tenant, events } of await readable(taker, codec, records)) {
    const taken = await taker.take(tenant, events)
    for (const [index, arriving] of events.entries()) {
      const one = taken[index]
      if (one === undefined) throw new Error('the worker answered for fewer events than it got')
      if (one.kind === 'failed') await again(taker, tenant, arriving, one)
    }
  }
}

interface OfTenant {
  readonly tenant: TenantId
  readonly events: ArrivingEvent[]
}

async function readable(
  taker: Taker,
  codec: EventCodec,
  records: readonly Uint8Array[],
): Promise<Iterable<OfTenant>> {
  const tenants = new Map<TenantId, OfTenant>()
  for (const record of records) {
    try {
      const { tenant, arriving } = codec.decode(record)
      const known = tenants.get(tenant)
      if (known === undefined) tenants.set(tenant, { tenant, events: [arriving] })
      else known.events.push(arriving)
    } catch (error) {
      // It may be an event that was acknowledged: it waits for who has the key.
      if (isFault(error)) throw error
      const reason = `A record of the stream cannot be read: ${error instanceof Error ? error.message : String(error)}`
      await taker.bury(null, { source: 'stream', line: null, reason, raw: Uint8Array.from(record) })
    }
  }
  return tenants.values()
}

async function again(
  taker: Taker,
  tenant: TenantId,
  arriving: ArrivingEvent,
  failed: Extract<Taken, { kind: 'failed' }>,
): Promise<void> {
  let { error } = failed
  for (let tried = 1; tried < TRIES; tried += 1) {
    if (error.code === 'store_unavailable') throw error
    const [one] = await taker.take(tenant, [arriving])
    if (one?.kind !== 'failed') return
    error = one.error
  }
  if (error.code === 'store_unavailable') throw error
  const raw = arriving.raw ?? Buffer.from(JSON.stringify(arriving.event))
  const reason = `The event was tried ${TRIES} times and failed each time: ${error.message}`
  await taker.bury(tenant, { source: arriving.event.source.format, line: null, reason, raw })
}
