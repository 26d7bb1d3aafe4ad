import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AccessEvent } from '@gatewatch/schema'
import { describe, expect, test } from 'vitest'
import { entityOf } from '../pipeline/identity.ts'
import { clouds } from './field-rows/clouds.ts'
import { machines } from './field-rows/machines.ts'
import { people } from './field-rows/people.ts'
import { type FieldName, type FieldRow, fieldNames, type Told } from './field-rows/row.ts'
import { connectorOf, connectors, recognise } from './registry.ts'

const rows: readonly FieldRow[] = [...clouds, ...people, ...machines]
const year = { now: Date.UTC(2026, 0, 1), written: Date.UTC(2024, 5, 1) }
const origin = { connector: 'file', mode: 'replay', ...year } as const

const outcomes: Readonly<Record<AccessEvent['status_id'], string>> = {
  0: 'unknown',
  1: 'success',
  2: 'failure',
  99: 'interrupted',
}

/** The eleven fields of an event, without those that it does not tell. */
function toldBy(event: AccessEvent): Told {
  const { actor, cloud, source, auth, api } = event
  const told: Record<FieldName, string | boolean | undefined> = {
    time: new Date(event.time).toISOString(),
    uid: event.uid,
    actor: entityOf(event).key,
    address: event.src.ip ?? event.src.ip_kind,
    outcome: outcomes[event.status_id],
    failure: event.failure_class,
    mfa: auth?.is_mfa ?? undefined,
    agent: event.user_agent,
    account: actor.account_uid ?? cloud?.account_uid ?? cloud?.org_uid ?? source.tenant_uid,
    region: cloud?.region,
    operation: api?.operation ?? event.activity,
  }
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined))
}

/** What is read of a record where the computer stands in this zone. */
function read(format: string, record: unknown, zone: string): Told {
  const before = process.env.TZ
  process.env.TZ = zone
  try {
    expect(recognise(record)?.format).toBe(format)
    const outcome = connectorOf(format)?.normalise(record, origin)
    if (outcome?.kind !== 'ok') throw new Error(outcome?.why)
    return toldBy(outcome.value)
  } finally {
    if (before === undefined) delete process.env.TZ
    else process.env.TZ = before
  }
}

describe.each(rows)('$format', ({ format, records, untold = {} }) => {
  test.each(['UTC', 'America/St_Johns', 'Pacific/Kiritimati'])(
    'tells what the documentation says, on a computer in %s',
    (zone) => {
      for (const [record, told] of records) expect(read(format, record, zone)).toEqual(told)
    },
  )

  test('is tried for each of the eleven fields, or says why it has none', () => {
    const tried = new Set(records.flatMap(([, told]) => Object.keys(told)))
    const silent = fieldNames.filter((name) => !tried.has(name))
    expect(silent).toEqual(fieldNames.filter((name) => untold[name] !== undefined))
  })
})

test('no format of a vendor is left out, and the guide says what each tells', () => {
  const own = new Set(['canonical', 'predict', 'rba'])
  const formats = connectors.map((one) => one.format).filter((one) => !own.has(one))
  expect(rows.map((row) => row.format).sort()).toEqual(formats.sort())
  const guide = readFileSync(join(import.meta.dirname, '../../../../docs/guide/sources.md'), 'utf8')
  for (const { format, untold = {} } of rows) {
    const cells = (['mfa', 'agent', 'account', 'region'] as const).map((name) =>
      untold[name] === undefined ? 'yes' : '-',
    )
    expect(guide).toContain(`| \`${format}\` | ${cells.join(' | ')} |`)
  }
  const cell = (row: FieldRow, name: FieldName) => (row.untold?.[name] === undefined ? 'told' : '-')
  const line = (first: string, cells: readonly string[]) =>
    first.padEnd(18) + cells.map((one) => one.padStart(10)).join('')
  console.log(
    [
      line('format', fieldNames),
      ...rows.map((row) =>
        line(
          row.format,
          fieldNames.map((name) => cell(row, name)),
        ),
      ),
    ].join('\n'),
  )
})
