import { z } from 'zod'
import { AlertSummary, Severity } from './alert.ts'

/**
 * What a message about an alert tells of its incident: it began; another alert joined it; it became graver; somebody took it up; it was
 * closed; it closed by itself, for its events were judged anew and would raise nothing.
 */
export const NOTICE_CHANGES = [
  'raised',
  'joined',
  'graver',
  'acknowledged',
  'closed',
  'withdrawn',
] as const
export const NoticeChange = z.enum(NOTICE_CHANGES)
export type NoticeChange = z.infer<typeof NoticeChange>

/** Something that people are to be told. `key` names it for good: told again under the same key it is the same news. Times in ms, UTC. */
export const Notice = z.discriminatedUnion('about', [
  z.object({
    about: z.literal('alert'),
    key: z.string(),
    change: NoticeChange,
    time: z.number(),
    alert: AlertSummary,
  }),
  z.object({
    about: z.literal('channel'),
    key: z.string(),
    time: z.number(),
    channel: z.string().describe('id of the channel that has trouble'),
    text: z.string(),
  }),
  z.object({
    about: z.literal('question'),
    key: z.string(),
    time: z.number(),
    expires: z.number(),
    what: z.array(z.tuple([z.string(), z.string()])).describe('the event: label and value'),
    url: z.string().describe('where it is answered, once'),
  }),
  z.object({
    about: z.literal('test'),
    key: z.string(),
    time: z.number(),
    by: z.string(),
  }),
])
export type Notice = z.infer<typeof Notice>

const clockTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write hours and minutes, e.g. 08:30')
const timeZone = z.string().refine(isTimeZone, 'is no time zone, e.g. Europe/Stockholm')

/** When a channel may be used; what comes outside these hours waits for them, unless it is grave enough. */
export const ChannelHours = z.strictObject({
  time_zone: timeZone,
  days: z
    .array(z.number().int().min(1).max(7))
    .min(1)
    .default([1, 2, 3, 4, 5, 6, 7])
    .describe('1 Monday to 7 Sunday'),
  from: clockTime,
  until: clockTime.describe('not later than `from`: on the next day'),
  always_from: Severity.default('critical').describe('severity that does not wait'),
})
export type ChannelHours = z.infer<typeof ChannelHours>

/** Which news a channel gets, and when. Names may hold `*` for anything. */
export const ChannelRoute = z.strictObject({
  min_severity: Severity.default('low'),
  changes: z
    .array(NoticeChange)
    .min(1)
    .default(NOTICE_CHANGES.filter((change) => change !== 'joined')),
  entities: z.array(z.string().min(1).max(320)).max(100).optional().describe('whose alerts'),
  techniques: z
    .array(z.string().min(1).max(20))
    .max(100)
    .optional()
    .describe('ATT&CK techniques, one of which the alert must have, e.g. T1078*'),
  hours: ChannelHours.optional(),
  digest_minutes: z
    .number()
    .int()
    .min(1)
    .max(1440)
    .optional()
    .describe('gathers what comes in this time in one message'),
  escalate_minutes: z
    .number()
    .int()
    .min(1)
    .max(10_080)
    .optional()
    .describe('tells only what nobody has taken up this long after'),
})
export type ChannelRoute = z.infer<typeof ChannelRoute>

const url = z.url({ protocol: /^https?$/ }).max(2_000)
const host = z.string().regex(/^[a-z0-9:]([a-z0-9.:-]{0,251}[a-z0-9])?$/i, 'is no host')
const port = z.number().int().min(1).max(65_535)
const secret = z.string().min(1).max(1_000)
const mailbox = z
  .string()
  .max(320)
  .regex(
    /^[^\p{C}<>"]*<?[^\s\p{C}<>"@,;]+@[a-z0-9.-]+>?$/iu,
    'is no mailbox, e.g. Ada <ada@example.com>',
  )
const ca = z
  .string()
  .max(20_000)
  .startsWith('-----BEGIN CERTIFICATE-----')
  .optional()
  .describe('certificates (PEM) to trust in place of the public ones')

/** Where a channel leads. Fields that CHANNEL_SECRETS names are stored sealed and never shown again. */
export const ChannelSettings = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('email'),
    host,
    port: port.default(587),
    tls: z
      .enum(['starttls', 'implicit', 'none'])
      .default('starttls')
      .describe('none: only to hosts that the operator allows'),
    ca,
    user: z.string().max(320).optional(),
    password: secret.optional(),
    from: mailbox,
    to: z.array(mailbox).min(1).max(50),
  }),
  z.strictObject({ kind: z.literal('slack'), url: url.describe('of an incoming webhook'), ca }),
  z.strictObject({ kind: z.literal('teams'), url: url.describe('of a workflow'), ca }),
  z.strictObject({
    kind: z.literal('pagerduty'),
    routing_key: secret.describe('of an integration of the kind Events API v2'),
    url: url.default('https://events.pagerduty.com/v2/enqueue'),
    ca,
  }),
  z
    .strictObject({
      kind: z.literal('sns'),
      region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'is no region, e.g. eu-north-1'),
      topic_arn: z
        .string()
        .regex(/^arn:[\w-]+:sns:/, 'begins with arn:aws:sns:')
        .optional(),
      phone_number: z
        .string()
        .regex(/^\+\d{6,15}$/, 'is + and 6 to 15 digits')
        .optional()
        .describe('gets a text message'),
      access_key_id: z.string().min(16).max(128),
      secret_access_key: secret,
      session_token: z.string().max(4_000).optional(),
      endpoint: url.optional().describe('where it is not that of the region'),
    })
    .refine((one) => (one.topic_arn === undefined) !== (one.phone_number === undefined), {
      error: 'give topic_arn or phone_number, one of them',
      path: ['topic_arn'],
    }),
  z.strictObject({
    kind: z.literal('syslog'),
    host,
    port: port.default(6514),
    tls: z.boolean().default(true).describe('false: only to hosts that the operator allows'),
    ca,
  }),
  z
    .strictObject({
      kind: z.literal('ocsf'),
      file: z
        .string()
        .regex(/^[\w-][\w.-]{0,99}$/, 'is a plain file name')
        .optional()
        .describe('in the folder findings/TENANT of the data folder'),
      url: url.optional(),
      authorization: secret.optional().describe('sent as the header of this name'),
      ca,
    })
    .refine((one) => (one.file === undefined) !== (one.url === undefined), {
      error: 'give file or url, one of them',
      path: ['file'],
    }),
  z.strictObject({
    kind: z.literal('webhook'),
    url,
    ca,
    secret: z
      .string()
      .regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/, 'is whsec_ and 24 to 64 bytes as base64')
      .optional()
      .describe(
        'signs each message (Standard Webhooks); made, and shown once, where it is missing',
      ),
  }),
])
export type ChannelSettings = z.infer<typeof ChannelSettings>
export type ChannelKind = ChannelSettings['kind']

/** Fields of settings that are secrets, by kind. */
export const CHANNEL_SECRETS: Readonly<Record<ChannelKind, readonly string[]>> = {
  webhook: ['secret'],
  email: ['password'],
  slack: ['url'],
  teams: ['url'],
  pagerduty: ['routing_key'],
  sns: ['secret_access_key', 'session_token'],
  syslog: [],
  ocsf: ['authorization'],
}

const name = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^\P{Cc}*$/u, 'has control characters')

/** Body of `POST /v1/channels`. */
export const ChannelRequest = z.strictObject({
  name,
  settings: ChannelSettings,
  route: ChannelRoute.prefault({}),
  enabled: z.boolean().default(true),
})
export type ChannelRequest = z.infer<typeof ChannelRequest>

/** Body of `PATCH /v1/channels/:id`: what is given takes the place of what was. Secrets that are left out of `settings` stay, where these lead to the same place. */
export const ChannelChange = z.strictObject({
  name: name.optional(),
  settings: ChannelSettings.optional(),
  route: ChannelRoute.optional(),
  enabled: z.boolean().optional(),
})
export type ChannelChange = z.infer<typeof ChannelChange>

/** How a channel fares. Times in ms, UTC. */
export const ChannelHealth = z.object({
  failures: z.number().int().describe('attempts that failed since the last that did not'),
  failing_since: z.number().nullable(),
  last_sent: z.number().nullable(),
  last_error: z.string().nullable(),
  disabled_why: z.string().nullable().describe('why it was switched off by itself'),
})
export type ChannelHealth = z.infer<typeof ChannelHealth>

/** A channel as it is shown, without its secrets. */
export const Channel = z.object({
  id: z.string(),
  name: z.string(),
  settings: z.looseObject({ kind: z.string() }),
  route: ChannelRoute,
  enabled: z.boolean(),
  created: z.number(),
  health: ChannelHealth,
  waiting: z.number().int().describe('messages on their way'),
  dead: z.number().int().describe('messages that were given up'),
})
export type Channel = z.infer<typeof Channel>

/** `GET /v1/channels`. */
export const ChannelList = z.object({ channels: z.array(Channel) })
export type ChannelList = z.infer<typeof ChannelList>

/** Answer to `POST /v1/channels`: `secret` is what was made for it, shown this once. */
export const ChannelCreated = Channel.extend({ secret: z.string().optional() })
export type ChannelCreated = z.infer<typeof ChannelCreated>

/** What became of a message: `spared` where it was not needed any more, `dead` where it was given up. */
export const DELIVERY_STATES = ['waiting', 'sent', 'spared', 'dead'] as const
export const DeliveryState = z.enum(DELIVERY_STATES)
export type DeliveryState = z.infer<typeof DeliveryState>

/** A message to one channel. Times in ms, UTC. */
export const Delivery = z.object({
  id: z.number().int(),
  notice: Notice,
  state: DeliveryState,
  created: z.number(),
  due: z.number().describe('when it is sent, or tried again'),
  attempts: z.number().int(),
  error: z.string().nullable(),
})
export type Delivery = z.infer<typeof Delivery>

/** `GET /v1/channels/:id/deliveries`, newest first. */
export const DeliveryList = z.object({ deliveries: z.array(Delivery) })
export type DeliveryList = z.infer<typeof DeliveryList>

/** Answer to `POST /v1/channels/:id/test`. */
export const ChannelTest = z.object({
  delivered: z.boolean(),
  why: z.string().nullable().describe('what went wrong'),
})
export type ChannelTest = z.infer<typeof ChannelTest>

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
