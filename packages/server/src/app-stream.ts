import type { Logger } from 'pino'
import { openKafkaStream } from './adapters/kafka/kafka-stream.ts'
import {
  makeRedisDurable,
  openRedisStream,
  redisDurability,
} from './adapters/redis/redis-stream.ts'
import type { Config } from './config.ts'
import type { Stream } from './ports/stream.ts'

/** The stream that the configuration names, connected; null: none, a process judges what it is sent. Rejects with a sentence where it does not answer. */
export async function openStream(config: Config, log: Logger): Promise<Stream | null> {
  const { streamUrl: url, streamKey } = config
  if (url === undefined) return null
  const onError = (error: unknown) => log.error({ err: error }, 'stream')
  const sealed = streamKey === undefined ? {} : { sealKey: Buffer.from(streamKey, 'base64') }
  if (isKafka(url)) return openKafkaStream({ url, onError, ...sealed })
  const stream = await openRedisStream({ url, onError, ...sealed })
  const safety = await redisDurability(url).catch(() => null)
  if (safety !== null && safety !== 'durable') log.warn(UNSAFE[safety])
  return stream
}

function isKafka(url: string): boolean {
  return url.startsWith('kafka')
}

/** What is wrong with a Redis that answers before its disk has the events. */
const UNSAFE = {
  'up to a second':
    'Redis may lose what it acknowledged within the last second before a crash; set appendfsync always.',
  untold:
    'Redis does not say whether its disk has what it acknowledges (CONFIG GET is refused); see to appendonly yes and appendfsync always.',
  none: 'Redis loses what waits in it when it restarts; set appendonly yes and appendfsync always.',
} as const

/** What `doctor` says of the stream; null where there is none. Rejects with why it does not answer. */
export async function inspectStream(
  config: Config,
): Promise<{ readonly description: string; readonly problem: string | null } | null> {
  const { streamUrl: url } = config
  if (url === undefined) return null
  if (isKafka(url)) {
    const stream = await openKafkaStream({ url })
    const lag = await stream.lag().finally(stream.close)
    return {
      description: `Kafka answers, the topic is there, and ${lag} events wait`,
      problem: null,
    }
  }
  const safety = await redisDurability(url)
  if (safety === 'durable') {
    return { description: 'Redis answers, and its disk has what it acknowledges', problem: null }
  }
  return { description: 'Redis answers', problem: UNSAFE[safety] }
}

/** What `doctor --fix` does to the stream, in words; null where there is nothing to mend. Rejects with why it cannot. */
export async function mendStream({ streamUrl: url }: Config): Promise<string | null> {
  if (url === undefined || isKafka(url) || (await redisDurability(url)) === 'durable') return null
  const { kept } = await makeRedisDurable(url)
  return kept
    ? 'Redis answers from now on when its disk has what it was given (appendonly yes, appendfsync always).'
    : 'Redis answers from now on when its disk has what it was given, until it restarts: it has no file of settings. Start it with --appendonly yes --appendfsync always.'
}
