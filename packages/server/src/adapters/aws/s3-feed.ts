import { Readable } from 'node:stream'
import type { S3Client } from '@aws-sdk/client-s3'
import type { Message, SQSClient } from '@aws-sdk/client-sqs'
import type { FeedOf } from '@gatewatch/schema'
import type { Feed, FeedParts } from '../../ports/feed.ts'
import type { HostGuard } from '../channels/guard.ts'
import { awsError, awsOptions, checkAddress } from './aws-client.ts'
import { type ObjectName, readNotice } from './notices.ts'

/** Messages asked for and worked on at a time. */
const BATCH = 10
const AT_ONCE = 4
/** How long (s) the queue is waited for, how long a message is ours, and how often (ms) we say that it still is. */
const WAIT_S = 20
const OURS_S = 120
const SAY_MS = 40_000

/** What is asked, how, and where it goes. */
interface Taking {
  readonly sqs: SQSClient
  readonly s3: S3Client
  readonly queue: string
  readonly parts: FeedParts
}

/**
 * Objects of S3, e.g. of CloudTrail, that messages in a queue tell of. A message is deleted once everything it tells of was taken for good; until then it comes again, and
 * what is read twice is one event. Records that stand in a message themselves are taken too. The SDK is loaded at the first use.
 */
export function s3Feed(settings: FeedOf<'aws_s3'>, guard: HostGuard): Feed {
  return {
    byOne: true,
    async follow(parts) {
      await checkAddress(guard, settings.queue_url)
      const options = await awsOptions(guard, settings)
      const { SQSClient } = await import('@aws-sdk/client-sqs')
      const { S3Client } = await import('@aws-sdk/client-s3')
      const sqs = new SQSClient(options)
      const s3 = new S3Client({
        ...options,
        followRegionRedirects: true,
        forcePathStyle: settings.endpoint !== undefined,
      })
      try {
        const taking = { sqs, s3, queue: settings.queue_url, parts }
        while (!parts.signal.aborted) await takeSome(taking)
      } catch (error) {
        if (!parts.signal.aborted) throw new Error(awsError(error).words, { cause: error })
      } finally {
        sqs.destroy()
        s3.destroy()
      }
    },
  }
}

async function takeSome(taking: Taking): Promise<void> {
  const { sqs, queue, parts } = taking
  const { ReceiveMessageCommand } = await import('@aws-sdk/client-sqs')
  const asked = {
    QueueUrl: queue,
    MaxNumberOfMessages: BATCH,
    WaitTimeSeconds: WAIT_S,
    VisibilityTimeout: OURS_S,
  }
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(asked), {
    abortSignal: parts.signal,
  })
  if (Messages.length === 0) return parts.caughtUp()
  const waiting = [...Messages]
  const work = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift())
      await takeMessage(taking, one, Messages)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
}

/** Takes what a message tells of; one that cannot be read now is left for another time, and holds up no other. */
async function takeMessage(taking: Taking, message: Message, all: readonly Message[]) {
  const { sqs, queue, parts } = taking
  const { ChangeMessageVisibilityBatchCommand, DeleteMessageCommand } = await import(
    '@aws-sdk/client-sqs'
  )
  const { Body = '', ReceiptHandle = '' } = message
  // Those that wait their turn have to stay ours as well.
  const timer = setInterval(() => {
    const Entries = all.map(({ ReceiptHandle }, at) => ({
      Id: String(at),
      ReceiptHandle,
      VisibilityTimeout: OURS_S,
    }))
    sqs
      .send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queue, Entries }))
      .catch((error: unknown) => parts.say(awsError(error).words))
  }, SAY_MS)
  try {
    const notice = readNotice(Body)
    if (notice.kind === 'records') await parts.takeFile(once(notice.text))
    else if (notice.kind === 'broken') await parts.refuse(notice.why, Buffer.from(Body))
    else if (notice.kind === 'objects')
      for (const one of notice.objects) await takeObject(taking, one)
    await sqs.send(new DeleteMessageCommand({ QueueUrl: queue, ReceiptHandle }))
  } catch (error) {
    if (parts.signal.aborted) throw error
    await parts.failing(`a message is left in the queue: ${awsError(error).words}`)
  } finally {
    clearInterval(timer)
  }
}

async function takeObject({ s3, parts }: Taking, { bucket, key }: ObjectName): Promise<void> {
  const { GetObjectCommand } = await import('@aws-sdk/client-s3')
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }), {
      abortSignal: parts.signal,
    })
    if (Body instanceof Readable) await parts.takeFile(Body)
  } catch (error) {
    // It was removed since: no other time will find it.
    if (awsError(error).name !== 'NoSuchKey') throw error
    await parts.refuse('the object is not there any more', Buffer.from(`s3://${bucket}/${key}`))
  }
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}
