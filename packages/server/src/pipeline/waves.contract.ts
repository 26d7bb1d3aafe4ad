import { beforeAll, describe, expect, test } from 'vitest'
import { NOON, sampleEvent } from '../ports/samples.contract.ts'
import type { Storage } from '../ports/storage.ts'
import type { ArrivingEvent } from '../ports/store.ts'
import { visitedHistory } from './history.contract.ts'
import { createPipeline, type Pipeline } from './pipeline.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** So many events of the history are those of people where they always are. */
const BEFORE_STRANGERS = 2_900
/** A few hours after those. */
const BEGIN = NOON - 30 * 24 * HOUR + BEFORE_STRANGERS * 10 * MINUTE + 4 * HOUR

/** A sign-in of one person from an address range, by a machine; failed unless it says otherwise. */
function tried(
  uid: string,
  who: number,
  time: number,
  range: number,
  succeeds?: 'in',
): ArrivingEvent {
  const one = sampleEvent({ uid, user: `person ${who}`, time, country: 'BR' })
  const failed = { status_id: 2, failure_class: 'bad_credentials' } as const
  return {
    ...one,
    event: {
      ...one.event,
      ...(succeeds === undefined ? failed : {}),
      src: { ip: `203.0.${range}.9`, ip_kind: 'public' },
      device: { uid: `bot ${range}` },
    },
    context: {
      ...one.context,
      place: { country: 'BR', city: 'Recife', lat: -8, long: -34.9, provider: 'geoip' },
      network: { prefix: `203.0.${range}.0/24`, asn: 64_990, class: 'hosting' },
    },
  }
}

/** What the pipeline promises of those whom a campaign had already got into when it was recognised. */
export function testWaves(
  name: string,
  open: () => Promise<{ storage: Storage; close: () => Promise<void> }>,
): void {
  describe(`a campaign that is recognised late on ${name}`, () => {
    let storage: Storage
    let count = 0

    beforeAll(async () => {
      const opened = await open()
      storage = opened.storage
      return async () => opened.close()
    })

    async function play(
      events: readonly ArrivingEvent[],
      more: (pipeline: Pipeline, tenant: number) => Promise<void> = async () => {},
    ): Promise<number> {
      count += 1
      const errors: unknown[] = []
      const { id } = await storage.accounts.ensureTenant(`waves ${count}`, false)
      const pipeline = createPipeline({
        ...storage,
        clock: () => NOON,
        onError: (error) => errors.push(error),
      })
      await pipeline.publish(id, visitedHistory().slice(0, BEFORE_STRANGERS))
      for (const one of events) await pipeline.publish(id, [one])
      await more(pipeline, id)
      await pipeline.close()
      expect(errors).toEqual([])
      return id
    }

    const guesses = (range: number) =>
      Array.from({ length: 12 }, (_, n) =>
        tried(`guess ${range} ${n}`, 5 + n, BEGIN + (n + 5) * MINUTE, range),
      )
    const verdict = async (tenant: number, uid: string) =>
      (await storage.reader.event(tenant, uid))?.verdict

    test('reaches back to the sign-in that came before, and puts it into its incident', async () => {
      const heard: string[] = []
      const hit = tried('hit', 2, BEGIN, 7, 'in')
      const alone = await play([hit])
      const tenant = await play([hit], async (pipeline, id) => {
        pipeline.onCommit(({ alerts }) => heard.push(...alerts.map(({ alert }) => alert.entity)))
        for (const one of guesses(7)) await pipeline.publish(id, [one])
      })
      const before = await verdict(alone, 'hit')
      const after = await verdict(tenant, 'hit')
      expect(before?.reasons.map(({ code }) => code)).not.toContain('spray_success')
      expect(after?.reasons.map(({ code }) => code)).toContain('spray_success')
      expect(after?.amended).toMatchObject({ why: 'new_evidence', risk: before?.risk })
      expect(after?.score).toBeGreaterThan((before?.score ?? 100) + 1)
      const { alerts } = await storage.reader.alerts(tenant, { limit: 50, status: 'open' })
      const incident = alerts.find(({ first_seen }) => first_seen === BEGIN)
      expect(incident?.count).toBeGreaterThan(1)
      expect(incident?.last_seen).toBeGreaterThan(BEGIN)
      expect(heard.length).toBeGreaterThan(0)
    })

    test('leaves those alone who came from elsewhere, and from there as ever', async () => {
      const elsewhere = tried('elsewhere', 2, BEGIN, 8, 'in')
      const tenant = await play([elsewhere, ...guesses(7)])
      expect((await verdict(tenant, 'elsewhere'))?.amended).toBeUndefined()
    })
  })
}
