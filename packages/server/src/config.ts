import { OPTIONAL_MEMBERS } from '@gatewatch/engine/lab'
import { z } from 'zod'

const flag = z.union([z.boolean(), z.stringbool()])

/**
 * Everything that can be set. An environment variable is named GATEWATCH_ and the field in capitals (`dataDir` is
 * GATEWATCH_DATA_DIR), but for DATABASE_URL; a command line option of the same name wins over it.
 */
export const Config = z.object({
  host: z
    .string()
    .default('127.0.0.1')
    .describe('Address to listen on. The default is this computer only; 0.0.0.0 is every network.'),
  port: z.coerce
    .number()
    .int()
    .min(0)
    .max(65535)
    .default(5000)
    .describe('Port to listen on; where it is taken, the next free one of the 20 after it.'),
  publicUrl: z
    .url()
    .optional()
    .describe(
      'Address that people open, where a proxy stands in front, e.g. https://gatewatch.example.com.',
    ),
  trustProxy: z
    .string()
    .optional()
    .describe(
      'Addresses or networks of proxies whose X-Forwarded-For is believed, separated by commas, e.g. 10.0.0.0/8. Default: none.',
    ),
  dataDir: z
    .string()
    .default('.gatewatch')
    .describe('Folder of the embedded database, its log and the demo address plan.'),
  databaseUrl: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres:// or postgresql://')
    .optional()
    .describe(
      'PostgreSQL to use instead of the embedded one, e.g. postgres://user:password@host/gatewatch.',
    ),
  secretKey: z
    .string()
    .optional()
    .describe(
      'Key that seals stored credentials, and records that were refused (dead letters): 32 bytes as base64 (openssl rand -base64 32), the same for all processes. Default: credentials are sealed with one that is made in the data folder, secret.key; dead letters are kept as they came.',
    ),
  role: z
    .enum(['all', 'api', 'worker'])
    .default('all')
    .describe(
      'What this process does: all; api: takes requests and leaves the stream to others; worker: judges what waits in the stream, and answers health and metrics alone.',
    ),
  streamUrl: z
    .string()
    .regex(/^(rediss?|kafkas?):\/\//, 'must begin with redis://, rediss://, kafka:// or kafkas://')
    .optional()
    .describe(
      'Stream that events wait in until a worker has judged them, for several processes: redis://user:password@host:6379 or kafka://host:9092,host:9092; see docs/guide/scaling.md. Default: none, a process judges what it is sent.',
    ),
  streamKey: z
    .base64('must be 32 bytes in base64')
    .length(44, 'must be 32 bytes in base64; make them with: openssl rand -base64 32')
    .optional()
    .describe(
      'Key with which events are sealed (AES-256-GCM) while they wait in the stream: 32 bytes in base64.',
    ),
  demo: flag
    .default(false)
    .describe(
      'Play the demo organisation, in a tenant of its own, and answer /predict from this computer without a key.',
    ),
  lanes: z.coerce
    .number()
    .int()
    .min(1)
    .max(32)
    .default(2)
    .describe('How many batches are judged and written at a time; one database connection each.'),
  retentionDays: z.coerce
    .number()
    .int()
    .min(7)
    .max(3_650)
    .default(400)
    .describe('How many days events are kept; what was learned from them stays.'),
  cityFile: z
    .string()
    .optional()
    .describe('A .mmdb file that gives places (GeoLite2-City and alike).'),
  asnFile: z
    .string()
    .optional()
    .describe('A .mmdb file that gives networks (GeoLite2-ASN and alike).'),
  listsDir: z
    .string()
    .optional()
    .describe(
      'Folder of reputation lists: text files of addresses or networks, one a line; read again when changed.',
    ),
  allowHosts: z
    .string()
    .optional()
    .describe(
      'Hosts, addresses or networks, separated by commas, that channels and sources may reach although they are not public, or without encryption, e.g. mail.internal,10.0.5.0/24.',
    ),
  networksFile: z
    .string()
    .optional()
    .describe('CSV file that adds to the table of hosting and VPN networks; see docs/guide.'),
  aliasesFile: z
    .string()
    .optional()
    .describe(
      'CSV file of who goes by several names: one identity a line, then its aliases; read again when changed. See docs/guide.',
    ),
  fallbackDecision: z
    .enum(['allow', 'challenge', 'deny'])
    .default('challenge')
    .describe('What POST /v1/assess answers where the deadline passes or the database is away.'),
  alertsPerDay: z.coerce
    .number()
    .int()
    .min(1)
    .default(100)
    .describe(
      'Most alerts that are told within a day, critical ones apart; weaker ones are kept back and can be looked at.',
    ),
  ingestPerMinute: z.coerce
    .number()
    .int()
    .min(1)
    .default(120_000)
    .describe('Requests a minute that one key may make to /v1/events, /v1/assess and /predict.'),
  requestsPerMinute: z.coerce
    .number()
    .int()
    .min(1)
    .default(1_200)
    .describe('Requests a minute that one person or key may make to everything else.'),
  head: z
    .enum(['shipped', 'fitted'])
    .default('shipped')
    .describe(
      'How evidence of sign-ins is weighed: as shipped, or refitted every few seconds, without labels, on what the organisation shows.',
    ),
  members: z
    .string()
    .default('random_forest')
    .transform((text) =>
      text === 'none' ? [] : [...new Set(text.split(',').map((name) => name.trim()))],
    )
    .pipe(
      z.array(z.enum(OPTIONAL_MEMBERS, `must be none, or some of ${OPTIONAL_MEMBERS.join(', ')}`)),
    )
    .describe(
      `Models that judge beside those that ship, separated by commas: ${OPTIONAL_MEMBERS.join(', ')}; or none. See docs/guide/lab.md.`,
    ),
  logLevel: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('warn')
    .describe('How much is logged, as JSON lines on standard error.'),
})
export type Config = z.infer<typeof Config>

/** What a part of several processes needs, beyond what a schema can say; null: nothing is missing. */
function missingFor({ role, databaseUrl, streamUrl, secretKey, demo }: Config): string | null {
  if (role === 'all') return null
  if (databaseUrl === undefined) {
    return `GATEWATCH_ROLE (--role): ${role} shares a database with other processes; set DATABASE_URL.`
  }
  if (streamUrl === undefined) {
    return `GATEWATCH_ROLE (--role): ${role} shares a stream with other processes; set GATEWATCH_STREAM_URL.`
  }
  // Made in each one's own folder, it would open nothing that another one sealed.
  if (secretKey === undefined) {
    return `GATEWATCH_ROLE (--role): ${role} opens what other processes sealed; set GATEWATCH_SECRET_KEY to the same for all.`
  }
  if (demo) return `GATEWATCH_ROLE (--role): the demo plays with role all, not ${role}.`
  return null
}

/** Name of the environment variable of a field. */
function environmentName(field: string): string {
  if (field === 'databaseUrl') return 'DATABASE_URL'
  return `GATEWATCH_${field.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`
}

/** Name of the command line option of a field: `dataDir` is --data-dir. */
function optionName(field: string): string {
  return `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/**
 * The configuration, from command line options (undefined: not given), then the environment, then the defaults.
 * Throws an error of one line a field, which names the variable and what is wrong with it.
 */
export function readConfig(
  options: Readonly<Record<string, unknown>> = {},
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Config {
  const given: Record<string, unknown> = {}
  for (const field of Object.keys(Config.shape)) {
    const variable = environment[environmentName(field)]
    const value = options[field] ?? (variable === '' ? undefined : variable)
    if (value !== undefined) given[field] = value
  }
  const result = Config.safeParse(given)
  if (result.success) {
    const missing = missingFor(result.data)
    if (missing === null) return result.data
    throw new Error(`The configuration is wrong.\n${missing}`)
  }
  const lines = result.error.issues.map((issue) => {
    const field = String(issue.path[0])
    return `${environmentName(field)} (${optionName(field)}): ${issue.message}`
  })
  throw new Error(`The configuration is wrong.\n${lines.join('\n')}`)
}

/** One setting as help and documentation print it. */
export interface Setting {
  readonly field: string
  readonly variable: string
  readonly option: string
  readonly description: string
  readonly default: string
}

/** All settings in the order of the schema. */
export function settings(): readonly Setting[] {
  return Object.entries(Config.shape).map(([field, schema]) => {
    const standard = schema.safeParse(undefined)
    return {
      field,
      variable: environmentName(field),
      option: optionName(field),
      description: schema.description ?? '',
      default: standard.success && standard.data !== undefined ? String(standard.data) : '',
    }
  })
}

/** docs/guide/configuration.md, from the schema. */
export function configurationGuide(): string {
  const rows = settings().map(
    (setting) =>
      `| \`${setting.variable}\` | \`${setting.option}\` | ${setting.default === '' ? '' : `\`${setting.default}\``} | ${setting.description.replaceAll('|', '\\|')} |`,
  )
  return [
    '# Configuration',
    '',
    'Every setting has a default that works. Set it as an environment variable or as an option of `gatewatch serve`;',
    'the option wins. This page is printed from `packages/server/src/config.ts`',
    '(`node packages/server/scripts/write-guide.ts`).',
    '',
    '| variable | option | default | what it does |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}
