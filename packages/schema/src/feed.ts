import { z } from 'zod'

const format = z
  .string()
  .min(1)
  .max(64)
  .default('auto')
  .describe('what the records are; auto: each as the one it looks like')
const zone = z
  .string()
  .max(64)
  .optional()
  .describe('where clocks stand whose times name no zone, e.g. Europe/Oslo; UTC if not given')
const pem = (name: string) =>
  z.string().max(40_000).startsWith(`-----BEGIN ${name}`, `is ${name} in PEM`)
const secret = z.string().min(1).max(1_000)
const network = z
  .string()
  .regex(/^[0-9a-fA-F.:]{2,45}(\/\d{1,3})?$/, 'is no address or network, e.g. 10.0.0.0/8')

/** Lines that are appended to the files of a folder. */
const Files = z.strictObject({
  kind: z.literal('files'),
  folder: z.string().min(1).max(4_096).describe('its files are followed, not those of its folders'),
  name: z.string().min(1).max(255).default('*').describe('of the files; * and ? stand for others'),
  format,
  zone,
})

/** Syslog that is sent to us. */
const Syslog = z
  .strictObject({
    kind: z.literal('syslog'),
    transport: z.enum(['tcp', 'tls', 'udp']),
    host: z.string().min(1).max(253).default('127.0.0.1').describe('address to listen on'),
    port: z.number().int().min(0).max(65_535).describe('to listen on; 0: any'),
    from: z
      .array(network)
      .max(1_000)
      .default([])
      .describe('who may send; empty: whoever can connect'),
    cert: pem('CERTIFICATE').optional(),
    key: pem('').optional(),
    client_ca: pem('CERTIFICATE').optional().describe('senders prove themselves to it'),
    format,
    zone,
  })
  .refine((one) => one.transport !== 'tls' || (one.cert !== undefined && one.key !== undefined), {
    error: 'tls takes cert and key',
    path: ['cert'],
  })

const aws = {
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'is no region, e.g. eu-north-1'),
  access_key_id: z.string().min(16).max(128).optional(),
  secret_access_key: secret.optional(),
  session_token: z.string().max(4_000).optional(),
  endpoint: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('where it is not that of the region'),
  format,
  zone,
}

/** Objects of S3 that messages in SQS tell of, and records in such messages. */
const S3 = z.strictObject({
  kind: z.literal('aws_s3'),
  queue_url: z.url({ protocol: /^https?$/ }),
  ...aws,
})

/** A stream of Kinesis. */
const Kinesis = z.strictObject({
  kind: z.literal('aws_kinesis'),
  stream: z.string().regex(/^[\w.-]{1,128}$/, 'is the name of a stream'),
  ...aws,
})

/** A topic of Kafka. */
const Kafka = z.strictObject({
  kind: z.literal('kafka'),
  url: z
    .string()
    .regex(
      /^kafkas?:\/\/[^/]+\/[\w.-]+(\?.*)?$/,
      'is like kafkas://user:password@host:9093/topic?sasl=scram-sha-512',
    ),
  group: z
    .string()
    .regex(/^[\w.-]{1,200}$/)
    .default('gatewatch')
    .describe('of consumers; its offsets are the place'),
  format,
  zone,
})

/** A source that is followed all the time, and how. */
export const FeedSettings = z.discriminatedUnion('kind', [Files, Syslog, S3, Kinesis, Kafka])
export type FeedSettings = z.infer<typeof FeedSettings>
export type FeedKind = FeedSettings['kind']
/** The settings of one kind of feed. */
export type FeedOf<K extends FeedKind> = Extract<FeedSettings, { kind: K }>
