import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { AccessEvent } from '@gatewatch/schema'
import { describe, expect, test } from 'vitest'
import { readMapping } from '../generic/mapping.ts'
import { genericConnector } from '../generic/normalise.ts'
import { connectorOf } from '../registry.ts'
import { readEvents } from './read-events.ts'

const folder = join(import.meta.dirname, '../../../../../../shared/data')
const isThere = existsSync(folder)
if (!isThere) console.log(`Left out: real logs, as there are none in ${folder}`)

/** Lines or rows of each file, and what becomes of them. */
const files: readonly (readonly [string, { ok: number; reject?: number; skip?: number }])[] = [
  ['otrf-security-datasets/ec2_proxy_s3_exfiltration_2020-09-14011940.json.gz', { ok: 103 }],
  ['otrf-security-datasets/AWS_S3_HoneyBucketLogs.csv.gz', { ok: 301 }],
  ['otrf-security-datasets/golden_saml_AADAuditEvents.json.gz', { ok: 4 }],
  ['msticpy-aad-signins/aad_signins.ndjson.gz', { ok: 86 }],
  ['sentinel-training-lab/sign-in_adelete.csv.gz', { ok: 56 }],
  ['sentinel-training-lab/disable_accounts.csv.gz', { ok: 4 }],
  ['sentinel-training-lab/signinLogs.csv.gz', { ok: 0, skip: 1 }],
  ['sentinel-training-lab/AuditLogs_Hunting.csv.gz', { ok: 0, reject: 5 }],
  ['sentinel-training-lab/azure_activity.csv.gz', { ok: 325 }],
  ['sentinel-training-lab/office_activity.csv.gz', { ok: 266 }],
  ['rba-first2000-mangled/rba_first18_unmangled.csv', { ok: 19 }],
  ['rba-first2000-mangled/rba_dataset_first2000.csv.gz', { ok: 0, reject: 2000 }],
  ['formats/aws-cloudtrail/delivery-synthetic/13-login-shapes.ndjson', { ok: 7 }],
  ['formats/entra-diagnostic/delivery-synthetic/01-eventhub-records.json', { ok: 2 }],
  ['formats/okta/delivery-synthetic/01-event-hook.json', { ok: 2, reject: 1 }],
]

async function count(path: string, mapping?: string) {
  const connector =
    mapping === undefined ? null : genericConnector(readMapping(mapping), connectorOf)
  const found = { ok: 0, reject: 0, skip: 0 }
  const origin = { connector: 'file', now: Date.now(), mode: 'replay' } as const
  for await (const batch of readEvents(join(folder, path), {
    connector,
    origin,
    meter: { read: 0 },
  })) {
    for (const event of batch.events) expect(AccessEvent.parse(event)).toEqual(event)
    found.ok += batch.events.length
    found.reject += batch.letters.length
    for (const [, skipped] of batch.skipped) found.skip += skipped
  }
  return found
}

describe.skipIf(!isThere)('in real logs', () => {
  test.each(files)(
    'every record of %s is an event or counted with its reason: %j',
    async (path, expected) => {
      expect(await count(path)).toEqual({ reject: 0, skip: 0, ...expected })
    },
  )

  test('a mapping unwraps records that stand inside others', async () => {
    const mapping = 'unwrap: event\nformat: cloudtrail'
    expect(await count('stratus-detonation-logs/detonations.ndjson.gz', mapping)).toEqual({
      ok: 310,
      reject: 0,
      skip: 0,
    })
    const panther = await count('formats/aws-cloudtrail/panther__rule-tests.ndjson', mapping)
    expect(panther.ok + panther.reject + panther.skip).toBe(229)
    expect(panther.ok).toBeGreaterThan(215)
  })
})
