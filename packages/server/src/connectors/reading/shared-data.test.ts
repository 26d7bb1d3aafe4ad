import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { AccessEvent } from '@gatewatch/schema'
import { afterAll, describe, expect, test } from 'vitest'
import { readMapping } from '../generic/mapping.ts'
import { genericConnector } from '../generic/normalise.ts'
import { connectorOf, readRecord, recognise } from '../registry.ts'
import { fieldsOf } from '../values/fields.ts'
import { readEvents } from './read-events.ts'
import { splitFile } from './split-file.ts'

const folder = join(import.meta.dirname, '../../../../../../shared/data')
const isThere = existsSync(folder)
if (!isThere) console.log(`Left out: real logs, as there are none in ${folder}`)

/** What becomes of the records of each file: events (of which unmapped), left out, refused. What is refused has no time, or is of a format nobody reads yet. */
type Counts = readonly [events: number, unmapped: number, skipped: number, refused: number]
const files: Readonly<Record<string, Counts>> = {
  'buffalogs-fixture/alerts.json.gz': [0, 0, 0, 7995],
  'elastic-auth-log/auth.log.gz': [1525, 0, 5596, 0],
  'formats/1password/delivery-synthetic/01-signinattempts-page.json': [3, 0, 0, 0],
  'formats/1password/panther__rule-tests.ndjson': [2, 0, 0, 0],
  'formats/auth0/panther__rule-tests.ndjson': [15, 0, 0, 0],
  'formats/aws-cloudtrail/delivery-synthetic/01-s3-Records.json': [8, 0, 0, 0],
  'formats/aws-cloudtrail/delivery-synthetic/01-s3-Records.json.gz': [8, 0, 0, 0],
  'formats/aws-cloudtrail/delivery-synthetic/02-ndjson.ndjson': [8, 0, 0, 0],
  'formats/aws-cloudtrail/delivery-synthetic/03-s3-Records-with-duplicate-and-reordered.json': [
    4, 0, 0, 0,
  ],
  'formats/aws-cloudtrail/delivery-synthetic/04-eventbridge.json': [1, 0, 0, 0],
  'formats/aws-cloudtrail/delivery-synthetic/05-sqs-body-s3-notification.json': [0, 0, 1, 0],
  'formats/aws-cloudtrail/delivery-synthetic/06-sqs-body-s3-test-event.json': [0, 0, 1, 0],
  'formats/aws-cloudtrail/delivery-synthetic/07-sqs-body-sns-wrapped-s3-notification.json': [
    0, 0, 1, 0,
  ],
  'formats/aws-cloudtrail/delivery-synthetic/08-sqs-body-cloudtrail-sns-notification.json': [
    0, 0, 1, 0,
  ],
  'formats/aws-cloudtrail/delivery-synthetic/09-kinesis-cloudwatch-subscription.json': [3, 0, 0, 0],
  'formats/aws-cloudtrail/delivery-synthetic/10-kinesis-control-message.json': [0, 0, 1, 0],
  'formats/aws-cloudtrail/delivery-synthetic/11-lookup-events.json': [2, 0, 0, 0],
  'formats/aws-cloudtrail/delivery-synthetic/12-digest-file-must-be-skipped.json': [0, 0, 1, 0],
  'formats/aws-cloudtrail/delivery-synthetic/13-login-shapes.ndjson': [7, 0, 0, 0],
  'formats/aws-cloudtrail/panther__rule-tests.ndjson': [221, 0, 0, 8],
  'formats/aws-cognito/delivery-synthetic/01-userAuthEvents-export-UNVERIFIED.json': [1, 0, 0, 0],
  'formats/aws-cognito/delivery-synthetic/02-AdminListUserAuthEvents.json': [2, 0, 0, 0],
  'formats/aws-s3-access/panther__rule-tests.ndjson': [7, 0, 0, 0],
  'formats/azure-activity/panther__rule-tests.ndjson': [110, 0, 0, 6],
  'formats/cloudflare-access/delivery-synthetic/01-logpush-access_requests.ndjson': [3, 0, 0, 0],
  'formats/cloudflare-access/delivery-synthetic/02-rest-access_requests.json': [1, 0, 0, 0],
  'formats/duo/panther__rule-tests.ndjson': [8, 0, 0, 11],
  'formats/entra-diagnostic/delivery-synthetic/01-eventhub-records.json': [2, 0, 0, 0],
  'formats/entra-diagnostic/delivery-synthetic/02-storage-account-jsonl.json': [2, 0, 0, 0],
  'formats/entra-diagnostic/panther__rule-tests.ndjson': [23, 0, 0, 0],
  'formats/gcp-audit/delivery-synthetic/01-pubsub-push.json': [1, 0, 0, 0],
  'formats/gcp-audit/panther__rule-tests.ndjson': [59, 0, 0, 0],
  'formats/generic/mapping-example.csv': [0, 0, 0, 2],
  'formats/github-audit/panther__rule-tests.ndjson': [35, 0, 0, 6],
  'formats/google-workspace/panther__rule-tests.ndjson': [47, 0, 0, 23],
  'formats/keycloak/delivery-synthetic/01-admin-rest-events.json': [3, 0, 0, 0],
  'formats/keycloak/delivery-synthetic/02-jboss-logging-pre22-unquoted.log': [1, 0, 0, 0],
  'formats/keycloak/delivery-synthetic/03-jboss-logging-quoted.log': [1, 0, 0, 0],
  'formats/linux-auditd/delivery-synthetic/01-audit.log': [5, 0, 1, 0],
  'formats/o365-audit/panther__rule-tests.ndjson': [11, 0, 0, 5],
  'formats/okta/delivery-synthetic/01-event-hook.json': [2, 0, 0, 1],
  'formats/okta/delivery-synthetic/03-log-api-page.json': [2, 0, 0, 1],
  'formats/okta/delivery-synthetic/04-eventbridge-log-stream.json': [1, 0, 0, 0],
  'formats/okta/panther__rule-tests.ndjson': [20, 0, 0, 6],
  'formats/onelogin/panther__rule-tests.ndjson': [0, 0, 0, 12],
  'formats/rba-csv/sample-rows.csv': [2, 0, 0, 0],
  'formats/salesforce/panther__rule-tests.ndjson': [10, 0, 0, 0],
  'formats/slack-audit/panther__rule-tests.ndjson': [14, 1, 0, 4],
  'formats/snowflake/panther__rule-tests.ndjson': [6, 0, 0, 9],
  'formats/teleport/panther__rule-tests.ndjson': [12, 0, 0, 0],
  'msticpy-aad-signins/aad_signins.ndjson.gz': [86, 0, 0, 0],
  'otrf-security-datasets/AWS_S3_HoneyBucketLogs.csv.gz': [301, 0, 0, 0],
  'otrf-security-datasets/ec2_proxy_s3_exfiltration_2020-09-14011940.json.gz': [103, 0, 0, 0],
  'otrf-security-datasets/golden_saml_AADAuditEvents.json.gz': [4, 0, 0, 0],
  'otrf-security-datasets/golden_saml_OfficeActivityEvents.json.gz': [1, 0, 0, 0],
  'rba-first2000-mangled/rba_dataset_first2000.csv.gz': [0, 0, 0, 2000],
  'rba-first2000-mangled/rba_first18_unmangled.csv': [19, 0, 0, 0],
  'sentinel-training-lab/AuditLogs_Hunting.csv.gz': [0, 0, 0, 5],
  'sentinel-training-lab/azureActivity_adele.csv.gz': [23, 0, 0, 0],
  'sentinel-training-lab/azure_activity.csv.gz': [325, 0, 0, 0],
  'sentinel-training-lab/disable_accounts.csv.gz': [4, 0, 0, 0],
  'sentinel-training-lab/office_activity.csv.gz': [266, 0, 0, 0],
  'sentinel-training-lab/office_activity_inbox_rule.csv.gz': [2, 0, 0, 0],
  'sentinel-training-lab/sign-in_adelete.csv.gz': [56, 0, 0, 0],
  'sentinel-training-lab/signinLogs.csv.gz': [0, 0, 1, 0],
  'stratus-detonation-logs/detonations.ndjson.gz': [310, 0, 0, 0],
  'traildiscover-api-catalog/events.json.gz': [0, 0, 0, 381],
}

/** Rule tests hold the record in `event`. */
const wrapped = /panther__rule-tests|detonations/

const origin = { connector: 'file', now: Date.now(), mode: 'replay' } as const

async function outcomesOf(path: string): Promise<Map<string, [number, number, number, number]>> {
  const found = new Map<string, [number, number, number, number]>()
  const count = (format: string, kind: 0 | 1 | 2 | 3, by = 1) => {
    const row = found.get(format) ?? [0, 0, 0, 0]
    row[kind] += by
    found.set(format, row)
  }
  const keep = (event: AccessEvent) => {
    expect(AccessEvent.parse(event)).toEqual(event)
    count(event.source.format, 0)
    if (event.class_uid === 0) count(event.source.format, 1)
  }
  if (wrapped.test(path)) {
    for await (const pieces of splitFile(join(folder, path), { meter: { read: 0 } })) {
      for (const piece of pieces) {
        const record = fieldsOf(piece.reason === undefined ? piece.value : undefined).event
        const format = recognise(record)?.format ?? 'nobody'
        const outcome = readRecord('auto', record, origin)
        if (outcome.kind === 'ok') keep(outcome.value)
        else count(format, outcome.kind === 'skip' ? 2 : 3)
      }
    }
    return found
  }
  for await (const batch of readEvents(join(folder, path), {
    connector: null,
    origin,
    meter: { read: 0 },
  })) {
    for (const event of batch.events) keep(event)
    for (const [, skipped] of batch.skipped) count('left out', 2, skipped)
    if (batch.letters.length > 0) count('refused', 3, batch.letters.length)
  }
  return found
}

describe.skipIf(!isThere)('in real logs and in logs as the documentation has them', () => {
  const table = new Map<string, [number, number, number, number]>()
  test.each(Object.entries(files))(
    'every record of %s is an event, left out or refused: %j',
    async (path, expected) => {
      const found = await outcomesOf(path)
      const sum = [0, 1, 2, 3].map((kind) =>
        [...found.values()].reduce((all, row) => all + (row[kind] ?? 0), 0),
      )
      expect(sum).toEqual(expected)
      for (const [format, row] of found) {
        const before = table.get(format) ?? [0, 0, 0, 0]
        table.set(format, [
          before[0] + row[0],
          before[1] + row[1],
          before[2] + row[2],
          before[3] + row[3],
        ])
      }
    },
  )

  test('no file is forgotten', () => {
    const all = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
      /\.(json|ndjson|csv|log)(\.gz)?$/.test(path),
    )
    expect(Object.keys(files).sort()).toEqual(all.sort())
  })

  afterAll(() => {
    const rows = [...table].sort(([a], [b]) => (a < b ? -1 : 1))
    console.log(
      [
        'format               events unmapped left out  refused',
        ...rows.map(
          ([format, row]) =>
            format.padEnd(18) + row.map((count) => String(count).padStart(9)).join(''),
        ),
      ].join('\n'),
    )
  })

  test('a mapping unwraps records that stand inside others', async () => {
    const connector = genericConnector(
      readMapping('unwrap: event\nformat: cloudtrail'),
      connectorOf,
    )
    const path = join(folder, 'stratus-detonation-logs/detonations.ndjson.gz')
    let events = 0
    for await (const batch of readEvents(path, { connector, origin, meter: { read: 0 } }))
      events += batch.events.length
    expect(events).toBe(310)
  })
})
