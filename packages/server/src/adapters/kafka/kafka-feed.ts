import type { FeedOf } from '@gatewatch/schema'
import type { Feed } from '../../ports/feed.ts'
import type { HostGuard } from '../channels/guard.ts'
import { takeTexts } from '../lines-in.ts'
import { parseKafkaUrl } from './address.ts'
import { deepest } from './deepest.ts'
import { clientOf } from './kafka-stream.ts'
import { startWorker } from './worker.ts'

/** Most messages that are fetched ahead; each may be a megabyte. */
const AHEAD = 64
/** How often (ms) the same trouble is told. */
const TELL_MS = 10_000
const SESSION_MS = 30_000

/**
 * A topic of Kafka, from its beginning on. The place is the offset that the group has committed, which it has once what came before was taken for good. Messages may be envelopes
 * of CloudWatch Logs.
 */
export function kafkaFeed({ url, group }: FeedOf<'kafka'>, guard: HostGuard): Feed {
  return {
    byOne: true,
    async follow(parts) {
      const address = parseKafkaUrl(url)
      for (const broker of address.bootstrapBrokers) {
        const host = broker.replace(/:\d+$/, '')
        if (address.tls === undefined && !guard.isAllowed(host))
          throw new Error(
            `${host} is asked without encryption: use kafkas://, or have the operator name it in GATEWATCH_ALLOW_HOSTS`,
          )
        await guard.addressOf(host)
      }
      const told = { why: '', at: 0 }
      const onError = (error: unknown) => {
        const why = deepest(error)
        if (parts.signal.aborted || (why === told.why && parts.now() - told.at < TELL_MS)) return
        Object.assign(told, { why, at: parts.now() })
        parts.failing(why).catch(() => {})
      }
      const worker = startWorker({
        client: clientOf(address),
        topic: address.topic,
        group,
        sessionMs: SESSION_MS,
        ahead: AHEAD,
        work: (messages) =>
          takeTexts(
            parts,
            messages.map(({ value }) => value?.toString('utf8') ?? ''),
          ),
        onIdle: () => void parts.caughtUp().catch(onError),
        onError,
      })
      await new Promise<void>((stopped) => {
        if (parts.signal.aborted) stopped()
        parts.signal.addEventListener('abort', () => stopped())
      })
      await worker.stop()
    },
  }
}
