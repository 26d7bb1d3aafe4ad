import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clouds } from '../field-rows/clouds.ts'
import { machines } from '../field-rows/machines.ts'
import { people } from '../field-rows/people.ts'
import { connectorOf } from '../registry.ts'
import { isFields } from '../values/fields.ts'
import { readEvents } from './read-events.ts'

const year = { now: Date.UTC(2026, 0, 1), written: Date.UTC(2024, 5, 1) }
const origin = { connector: 'file', mode: 'replay', ...year } as const

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatewatch-packaging-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** The uids that are read of a file whose name says nothing. */
async function uidsIn(content: string | Buffer): Promise<string[]> {
  const path = join(folder, 'log')
  await writeFile(path, content)
  const found: string[] = []
  for await (const batch of readEvents(path, { connector: null, origin, meter: { read: 0 } })) {
    expect(batch.letters.map((letter) => letter.reason)).toEqual([])
    found.push(...batch.events.map((event) => `${event.source.format} ${event.uid}`))
  }
  return found.sort()
}

const json = (one: unknown) => JSON.stringify(one)
const cell = (one: unknown) => {
  const text = typeof one === 'string' ? one : one === null || one === undefined ? '' : json(one)
  return `"${text.replaceAll('"', '""')}"`
}
/** A table with a column for each name: what is nested stands in its cell as JSON. */
function table(records: readonly unknown[]): string {
  const names = [...new Set(records.flatMap((one) => Object.keys(Object(one))))]
  const rows = records.map((one) => names.map((name) => cell(Object(one)[name])).join(','))
  return [names.map(cell).join(','), ...rows].join('\r\n')
}

const ofObjects: Readonly<Record<string, (records: readonly unknown[]) => string | Buffer>> = {
  'one a line': (records) => records.map(json).join('\n'),
  'one a line, backwards': (records) => records.toReversed().map(json).join('\n'),
  gzip: (records) => gzipSync(records.map(json).join('\n')),
  'a list': (records) => json(records),
  'a pretty-printed list': (records) => JSON.stringify(records, null, 2),
  Records: (records) => json({ Records: records }),
  'Records in gzip': (records) => gzipSync(json({ Records: records })),
  'an answer of Microsoft': (records) => json({ '@odata.context': 'x', value: records }),
  'a search of Elasticsearch': (records) =>
    json({ hits: { total: 2, hits: records.map((one) => ({ _id: 'x', _source: one })) } }),
  'an event bus': (records) =>
    records.map((detail) => json({ 'detail-type': 'x', source: 's', detail })).join('\n'),
  'a queue': (records) => json(records.map((one) => ({ MessageId: 'm', Body: json(one) }))),
  'CloudWatch Logs in a stream': (records) => {
    const logEvents = records.map((one) => ({ id: '1', timestamp: 1, message: json(one) }))
    const data = gzipSync(json({ messageType: 'DATA_MESSAGE', logEvents })).toString('base64')
    return json({ Records: [{ kinesis: { data } }] })
  },
  'a table': table,
}
const ofLines: Readonly<Record<string, (lines: readonly string[]) => string | Buffer>> = {
  lines: (lines) => lines.join('\n'),
  'lines with CRLF, backwards': (lines) => lines.toReversed().join('\r\n'),
  gzip: (lines) => gzipSync(lines.join('\n')),
  'CloudWatch Logs in a stream': (lines) => {
    const logEvents = lines.map((message) => ({ id: '1', timestamp: 1, message }))
    const data = gzipSync(json({ messageType: 'DATA_MESSAGE', logEvents })).toString('base64')
    return json({ Records: [{ kinesis: { data } }] })
  },
}

describe.each([...clouds, ...people, ...machines])(
  '$format is known by its content',
  ({ format, records }) => {
    const given = records.map(([record]) => record)
    const uids = (some: readonly unknown[]) =>
      some
        .map((record) => {
          const outcome = connectorOf(format)?.normalise(record, origin)
          return outcome?.kind === 'ok' ? `${format} ${outcome.value.uid}` : outcome?.why
        })
        .sort()
    const objects = given.filter(isFields)
    const lines = given.filter((one) => typeof one === 'string')

    test.each(objects.length === 0 ? [] : Object.keys(ofObjects))('as %s', async (name) => {
      expect(await uidsIn(ofObjects[name]?.(objects) ?? '')).toEqual(uids(objects))
    })
    test.each(lines.length === 0 ? [] : Object.keys(ofLines))('in %s', async (name) => {
      expect(await uidsIn(ofLines[name]?.(lines) ?? '')).toEqual(uids(lines))
    })
  },
)
