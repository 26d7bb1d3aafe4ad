import { Agent as PlainAgent } from 'node:http'
import { Agent } from 'node:https'
import type { ChannelSettings } from '@gatewatch/schema'
import type { Message, Sent } from '../../ports/courier.ts'
import type { HostGuard } from './guard.ts'
import { lookupOf, messageOf } from './post.ts'
import { cut, headlineOf, tellingOf } from './telling.ts'

type Settings = Extract<ChannelSettings, { kind: 'sns' }>

const TIMEOUT_MS = 15_000
/** Longest text message (characters) that is sent whole; operators part longer ones, at a price. */
const LONGEST_SMS = 140

/** Publishes a message to a topic of Amazon SNS, or sends it as a text message to a telephone. The SDK is loaded at the first use. */
export async function sendSns(
  guard: HostGuard,
  settings: Settings,
  message: Message,
  source: string,
): Promise<Sent> {
  const { region, topic_arn, phone_number, access_key_id, secret_access_key, session_token } =
    settings
  try {
    const endpoint = new URL(settings.endpoint ?? `https://sns.${region}.amazonaws.com`)
    if (endpoint.protocol !== 'https:' && !guard.isAllowed(endpoint.hostname)) {
      throw new Error(
        `${endpoint.hostname} is asked without encryption: have the operator name it in GATEWATCH_ALLOW_HOSTS`,
      )
    }
    const lookup = lookupOf(await guard.addressOf(endpoint.hostname))
    const { PublishCommand, SNSClient } = await import('@aws-sdk/client-sns')
    const client = new SNSClient({
      region,
      endpoint: endpoint.href,
      maxAttempts: 1,
      credentials: {
        accessKeyId: access_key_id,
        secretAccessKey: secret_access_key,
        ...(session_token === undefined ? {} : { sessionToken: session_token }),
      },
      requestHandler: {
        httpAgent: new PlainAgent({ lookup }),
        httpsAgent: new Agent({ lookup }),
        connectionTimeout: 10_000,
      },
    })
    try {
      const to =
        topic_arn === undefined
          ? { PhoneNumber: phone_number, Message: cut(headlineOf(message, source), LONGEST_SMS) }
          : {
              TopicArn: topic_arn,
              Subject: subjectOf(message, source),
              Message: textOf(message, source),
            }
      const isFifo = topic_arn?.endsWith('.fifo') === true
      await client.send(
        new PublishCommand({
          ...to,
          ...(isFifo
            ? { MessageGroupId: 'gatewatch', MessageDeduplicationId: cut(message.key, 128) }
            : {}),
        }),
        { abortSignal: AbortSignal.timeout(TIMEOUT_MS) },
      )
      return { kind: 'sent' }
    } finally {
      client.destroy()
    }
  } catch (error) {
    const name = error instanceof Error ? error.name : ''
    const isForGood =
      name === 'InvalidParameterException' || name === 'InvalidParameterValueException'
    return { kind: isForGood ? 'refused' : 'failed', why: `${name} ${messageOf(error)}`.trim() }
  }
}

/** SNS takes ASCII without control characters, 100 at most, and no leading space. */
function subjectOf(message: Message, source: string): string {
  return (
    cut(
      headlineOf(message, source)
        .normalize('NFKD')
        .replace(/[^ -~]/g, '')
        .trim(),
      100,
    ) || 'Gatewatch'
  )
}

function textOf(message: Message, source: string): string {
  return message.notices
    .map((notice) => {
      const { title, facts, reasons, link } = tellingOf(notice, source)
      return [title, ...facts.map((fact) => fact.join(': ')), ...reasons, link ?? '']
        .join('\n')
        .trim()
    })
    .join('\n\n')
}
