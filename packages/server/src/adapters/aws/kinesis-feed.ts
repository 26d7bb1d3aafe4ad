import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import type { GetRecordsCommandOutput, KinesisClient, Shard } from '@aws-sdk/client-kinesis'
import type { FeedOf } from '@gatewatch/schema'
import type { Feed, FeedParts } from '../../ports/feed.ts'
import type { HostGuard } from '../channels/guard.ts'
import { takeTexts } from '../lines-in.ts'
import { awsError, awsOptions } from './aws-client.ts'

/** Records asked for at a time; a shard gives at most 10 MB. */
const BATCH = 1_000
/** How long (ms) is waited where nothing came: a shard may be asked five times a second. */
const IDLE_MS = 1_000
/** How often (ms) it is looked which shards there are. */
const LOOK_MS = 30_000
/** Unpacked, a record may be as large (bytes). */
const UNPACKED = 32 * 1024 * 1024
/** The place of a shard that was read to its end. */
const DONE = 'done'

/** A shard that is read, and where. */
interface Reading {
  readonly id: string
  iterator: string | undefined
  /** Nothing is written to it any more. */
  isClosed: boolean
}

interface Following {
  readonly kinesis: KinesisClient
  readonly stream: string
  readonly parts: FeedParts
  readonly places: Map<string, string>
}

/**
 * A stream of Kinesis, shard by shard, those that were split or merged after the ones they came from. The place in a shard is kept once what came before was taken
 * for good. Records may be packed, and envelopes of CloudWatch Logs. The SDK is loaded at the first use.
 */
export function kinesisFeed(settings: FeedOf<'aws_kinesis'>, guard: HostGuard): Feed {
  return {
    byOne: true,
    async follow(parts) {
      const options = await awsOptions(guard, settings)
      const { KinesisClient } = await import('@aws-sdk/client-kinesis')
      const kinesis = new KinesisClient(options)
      const places = new Map(parts.places)
      try {
        await followShards({ kinesis, stream: settings.stream, parts, places })
      } catch (error) {
        if (!parts.signal.aborted) throw new Error(awsError(error).words, { cause: error })
      } finally {
        kinesis.destroy()
      }
    },
  }
}

async function followShards(following: Following): Promise<void> {
  const { parts } = following
  const readings = new Map<string, Reading>()
  let looked = 0
  while (!parts.signal.aborted) {
    if (parts.now() - looked >= LOOK_MS) {
      looked = parts.now()
      for (const { id, isClosed } of await shardsToRead(following)) {
        const reading = readings.get(id)
        if (reading === undefined) readings.set(id, { id, iterator: undefined, isClosed })
        else reading.isClosed = isClosed
      }
    }
    let isIdle = true
    for (const reading of readings.values()) {
      const state = await readSome(following, reading)
      if (state !== 'idle') isIdle = false
      if (state === 'ended') {
        readings.delete(reading.id)
        // What it was split into waits for it.
        looked = 0
      }
      if (parts.signal.aborted) return
    }
    if (!isIdle) continue
    await parts.caughtUp()
    await sleep(IDLE_MS, undefined, { signal: parts.signal })
  }
}

/** Shards that are to be read now: not read to their end, and what they came from is. */
async function shardsToRead({
  kinesis,
  stream,
  parts,
  places,
}: Following): Promise<Pick<Reading, 'id' | 'isClosed'>[]> {
  const { ListShardsCommand } = await import('@aws-sdk/client-kinesis')
  const shards: Shard[] = []
  let NextToken: string | undefined
  do {
    const asked = NextToken === undefined ? { StreamName: stream } : { NextToken }
    const answer = await kinesis.send(new ListShardsCommand(asked), { abortSignal: parts.signal })
    shards.push(...(answer.Shards ?? []))
    NextToken = answer.NextToken
  } while (NextToken !== undefined)
  const there = new Set(shards.map(({ ShardId }) => ShardId))
  const isOver = (id: string | undefined) =>
    id === undefined || !there.has(id) || places.get(id) === DONE
  return shards
    .filter((one) => isOver(one.ParentShardId) && isOver(one.AdjacentParentShardId))
    .flatMap(({ ShardId: id, SequenceNumberRange }) =>
      id === undefined || places.get(id) === DONE
        ? []
        : [{ id, isClosed: SequenceNumberRange?.EndingSequenceNumber !== undefined }],
    )
}

/** Reads what comes next in a shard, and keeps the place. */
async function readSome(
  following: Following,
  reading: Reading,
): Promise<'read' | 'idle' | 'ended'> {
  const { kinesis, parts, places } = following
  const { GetRecordsCommand } = await import('@aws-sdk/client-kinesis')
  reading.iterator ??= await iteratorOf(following, reading.id)
  const asked = { ShardIterator: reading.iterator, Limit: BATCH }
  let answer: GetRecordsCommandOutput
  try {
    answer = await kinesis.send(new GetRecordsCommand(asked), { abortSignal: parts.signal })
  } catch (error) {
    const { name } = awsError(error)
    if (name === 'ExpiredIteratorException') reading.iterator = undefined
    else if (name !== 'ProvisionedThroughputExceededException') throw error
    return 'idle'
  }
  const { Records = [], NextShardIterator, MillisBehindLatest = 0 } = answer
  await takeRecords(
    parts,
    Records.flatMap(({ Data }) => (Data === undefined ? [] : [Data])),
  )
  const last = Records.at(-1)?.SequenceNumber
  const isIdle = Records.length === 0 && MillisBehindLatest === 0
  if (NextShardIterator === undefined || (reading.isClosed && isIdle)) places.set(reading.id, DONE)
  else if (last !== undefined) places.set(reading.id, last)
  reading.iterator = NextShardIterator
  const place = places.get(reading.id)
  if (place !== undefined && (last !== undefined || place === DONE))
    await parts.keep(reading.id, place)
  if (place === DONE) return 'ended'
  return isIdle ? 'idle' : 'read'
}

async function iteratorOf(
  { kinesis, stream, parts, places }: Following,
  id: string,
): Promise<string | undefined> {
  const { GetShardIteratorCommand } = await import('@aws-sdk/client-kinesis')
  const place = places.get(id)
  const from =
    place === undefined
      ? { ShardIteratorType: 'AT_TIMESTAMP' as const, Timestamp: new Date(parts.from) }
      : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' as const, StartingSequenceNumber: place }
  const of = { StreamName: stream, ShardId: id }
  const ask = async (where: object) => {
    const command = new GetShardIteratorCommand({
      ...of,
      ShardIteratorType: 'TRIM_HORIZON',
      ...where,
    })
    return (await kinesis.send(command, { abortSignal: parts.signal })).ShardIterator
  }
  try {
    return await ask(from)
  } catch (error) {
    if (awsError(error).name !== 'InvalidArgumentException' || place === undefined) throw error
    parts.say(`${id}: the place is not known any more; reading what there is`)
    return ask({})
  }
}

/** Takes records; what cannot be unpacked is put aside. */
async function takeRecords(parts: FeedParts, records: readonly Uint8Array[]): Promise<void> {
  const broken: Uint8Array[] = []
  function* texts(): Generator<string> {
    for (const data of records) {
      const text = unpacked(data)
      if (text === null) broken.push(data)
      else yield text
    }
  }
  await takeTexts(parts, texts())
  for (const data of broken)
    await parts.refuse('the record is packed and damaged, or unpacks to more than 32 MB', data)
}

function unpacked(data: Uint8Array): string | null {
  if (data[0] !== 0x1f || data[1] !== 0x8b) return Buffer.from(data).toString('utf8')
  try {
    return gunzipSync(data, { maxOutputLength: UNPACKED }).toString('utf8')
  } catch {
    return null
  }
}
