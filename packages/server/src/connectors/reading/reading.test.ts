import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseJson } from '../values/fields.ts'
import { findFiles } from './find-files.ts'
import { MAX_RECORD, type Piece, type Splitter } from './piece.ts'
import { csvSplitter, delimiterOf } from './split-csv.ts'
import { splitFile } from './split-file.ts'
import { jsonSplitter } from './split-json.ts'
import { isEventXml, xmlSplitter } from './split-xml.ts'

type Got = { line: number; value?: unknown; reason?: string }

function split(
  splitter: Splitter,
  text: string | Buffer,
  sizes: readonly number[] = [text.length],
): Got[] {
  const bytes = Buffer.from(text)
  const got: Got[] = []
  const keep = (pieces: readonly Piece[]) => {
    for (const piece of pieces) {
      got.push(
        piece.reason === undefined
          ? { line: piece.line, value: piece.value }
          : { line: piece.line, reason: piece.reason },
      )
    }
  }
  let at = 0
  for (let i = 0; at < bytes.length; i++) {
    const size = Math.max(1, sizes[i % sizes.length] ?? 1)
    keep(splitter.push(bytes.subarray(at, at + size)))
    at += size
  }
  keep(splitter.end())
  return got
}

const values = (got: readonly Got[]) => got.flatMap((one) => ('value' in one ? [one.value] : []))
const json = (text: string | Buffer, sizes?: readonly number[]) =>
  split(jsonSplitter(), text, sizes)

const record = fc
  .dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 })
  .map((fields) => ({ uid: 'x', ...fields }))
const plain = (value: unknown): unknown => parseJson(JSON.stringify(value))
const layouts: Record<string, (records: readonly unknown[]) => string> = {
  'one a line': (records) => records.map((one) => JSON.stringify(one)).join('\n'),
  'one a line, with CRLF and empty lines': (records) =>
    records.map((one) => `${JSON.stringify(one)}\r\n\r\n`).join(''),
  'a list': (records) => JSON.stringify(records),
  'a pretty-printed list': (records) => JSON.stringify(records, null, 2),
  'a CloudTrail file': (records) => JSON.stringify({ Records: records }),
  'a pretty-printed CloudTrail file': (records) =>
    `${JSON.stringify({ Records: records }, null, 1)}\n`,
  'an answer of Graph': (records) =>
    JSON.stringify({ '@odata.context': 'https://x/"y"', value: records, next: { a: ['}'] } }),
  'an event hook': (records) =>
    JSON.stringify({ eventType: 'hook', data: { events: records }, n: 1 }),
  'a page of Slack': (records) =>
    JSON.stringify({ ok: true, entries: records, response_metadata: { next_cursor: '' } }, null, 1),
  'pretty-printed values, one after the other': (records) =>
    records.map((one) => JSON.stringify(one, null, 2)).join('\n'),
  'objects with nothing between them, as Firehose writes them': (records) =>
    records.map((one) => JSON.stringify(one)).join(''),
  'two files put together': (records) =>
    `${JSON.stringify({ Records: records.slice(0, 1) })}\n${JSON.stringify({ Records: records.slice(1) })}`,
}

describe('JSON', () => {
  test.each(Object.entries(layouts))(
    'as %s gives every record once, wherever the chunks end',
    (_, layout) => {
      fc.assert(
        fc.property(
          fc.array(record, { minLength: 1, maxLength: 5 }),
          fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 }),
          (records, sizes) => {
            expect(json(layout(records), sizes)).toEqual(json(layout(records)))
            expect(values(json(layout(records), sizes))).toEqual(records.map(plain))
          },
        ),
        { numRuns: 30 },
      )
    },
  )

  test('as a list whose records hold lists of such records gives the outer ones', () => {
    const text =
      '[{"a":1},\n{"a":[{"a":2},\n{"a":3}]},\n{"a":"},\\n{\\"a\\""},\n{"b":4},\n{"a":5},\n{"a":\n6},\n{"a":7}]'
    expect(values(json(text))).toEqual(JSON.parse(text))
    expect(json(text)).toEqual(json(text, [1]))
    expect(json(text).map((one) => one.line)).toEqual([1, 2, 4, 5, 6, 7, 9])
  })

  test('keeps the digits of integers beyond 2^53, and the value of all others, wherever they stand', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }),
        fc.integer(),
        (before, id, n) => {
          const text = JSON.stringify({ before, id: 0, n }).replace('"id":0', `"id":${id}`)
          const isSafe = Number.isSafeInteger(Number(id))
          expect(values(json(text))).toEqual([{ before, id: isSafe ? Number(id) : `${id}`, n }])
        },
      ),
    )
  })

  test('loses one record to a broken line, none to its neighbours', () => {
    const got = json('{"a":1}\n{"a":2,"b":\n{"a":3}\nhello\n{"a":4}\n')
    expect(values(got)).toEqual([{ a: 1 }, { a: 3 }, { a: 4 }])
    expect(got.filter((one) => one.reason !== undefined).map((one) => one.line)).toEqual([2, 4])
  })

  test('goes on behind a record of a list that is broken', () => {
    const got = json('{"Records":[{"a":1},{"a":tru},{"a":3},{"a":"4},{"a":5},{"a":6}]}')
    expect(values(got)).toEqual([{ a: 1 }, { a: 3 }, { a: 5 }, { a: 6 }])
    expect(got.filter((one) => one.reason !== undefined).length).toBeGreaterThan(0)
  })

  test('says where a file ends in the middle', () => {
    const got = json('{"Records":[{"a":1},\n{"a":')
    expect(values(got)).toEqual([{ a: 1 }])
    expect(got.at(-1)).toEqual({
      line: 2,
      reason: 'not valid JSON: the file ends in the middle of a record',
    })
    expect(json('{"Records":[{"a":1}').at(-1)?.reason).toContain('may be cut off')
  })

  test('passes over a line that is too long, and says how long it was', () => {
    const got = json(`{"a":1}\n{"a":"${'x'.repeat(10_000_000)}"}\n{"a":3}\n`, [1_000_000])
    expect(values(got)).toEqual([{ a: 1 }, { a: 3 }])
    expect(got[1]).toEqual({
      line: 2,
      reason: 'a line of 10.0 MB is longer than the limit of 4.2 MB',
    })
  })

  test('passes over a record of a list that is too long', () => {
    const got = json(`[{"a":1},{"a":"${'x'.repeat(MAX_RECORD + 10)}"},{"a":3}]`, [1_000_000])
    expect(values(got).map((one) => JSON.stringify(one).slice(0, 20))).toEqual([
      '{"a":1}',
      '{"a":3}',
    ])
    expect(got[1]?.reason).toContain('a record of more than 4.2 MB')
  })

  test('says so where a list is closed too early, instead of losing the rest in silence', () => {
    const got = json('{"Records":[]"i":0},{"i":1},{"i":2}]}')
    expect(got.some((one) => one.reason !== undefined)).toBe(true)
  })

  test('never throws, and accounts for every record whose bytes are whole', () => {
    const text = Buffer.from(
      JSON.stringify({
        Records: Array.from({ length: 20 }, (_, i) => ({ i, list: [{ t: 'x' }], s: `a"b{${i}` })),
      }),
    )
    fc.assert(
      fc.property(
        fc.integer({ min: 12, max: text.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (at, flip) => {
          const damaged = Buffer.from(text)
          damaged[at] = (damaged[at] ?? 0) ^ flip
          // A brace that became a bracket closes the list: the test above.
          fc.pre(damaged[at] !== 0x5d)
          const whole = values(json(damaged)).filter(
            (one) => typeof one === 'object' && one !== null && 'i' in one,
          )
          expect(whole.length).toBeGreaterThanOrEqual(15)
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('a table', () => {
  test('gives a row as an object, wherever the chunks end, with line breaks inside quotes', () => {
    const text = 'user,note\r\nada,"one\ntwo, ""three"""\r\nbob,\r\n'
    const rows = [
      { user: 'ada', note: 'one\ntwo, "three"' },
      { user: 'bob', note: '' },
    ]
    for (const size of [1, 2, 7, 100]) {
      const got = split(csvSplitter(','), text, [size])
      expect(values(got)).toEqual(rows)
      expect(got.map((one) => one.line)).toEqual([2, 4])
    }
  })

  test('names a row of another length and one with stray quotes, and reads the rest', () => {
    const got = split(csvSplitter(';'), 'a;b\n1;2\n3\n4;x"y\n5;6\n')
    expect(values(got)).toEqual([
      { a: '1', b: '2' },
      { a: '5', b: '6' },
    ])
    const reasons = got.flatMap((one) =>
      one.reason === undefined ? [] : [`${one.line}: ${one.reason}`],
    )
    expect(reasons.join('\n')).toMatch(/3: 1 cells where the first row names 2 columns/)
    expect(reasons.join('\n')).toMatch(/4: not a row of CSV/)
  })

  test('loses only the row of a quote that nothing closes', () => {
    const rows = Array.from({ length: 50 }, (_, i) => `u${i},${i}`)
    const got = split(csvSplitter(','), ['user,n', 'bad,"x', ...rows].join('\n'))
    expect(values(got)).toHaveLength(50)
    expect(got.filter((one) => one.reason !== undefined)).toHaveLength(1)
  })

  test('with a stray quote in every row gives each row back, without eating up the memory', () => {
    const rows = Array.from({ length: 4_000 }, (_, i) => `u${i},"x${i}`)
    const got = split(csvSplitter(','), ['user,n', ...rows].join('\n'), [1_000_000])
    expect(got.length).toBeGreaterThan(1_000)
    expect(values(got)).toEqual([])
  })

  test('does not let a column change what an object is', () => {
    const [row] = values(split(csvSplitter(','), '__proto__,constructor\nx,y\n'))
    expect(Object.getPrototypeOf(row)).toBe(Object.prototype)
    expect(row).toEqual({ constructor: 'y' })
  })

  test.each([
    ['a,b,c', ','],
    ['a;b;c,d', ';'],
    ['a\tb', '\t'],
    ['"x,y,z";b', ';'],
    ['hello', null],
  ])('%j is separated by %j', (head, delimiter) => {
    expect(delimiterOf(head)).toBe(delimiter)
  })
})

describe('a file', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatewatch-reading-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  async function read(name: string, content: string | Buffer): Promise<Got[]> {
    const path = join(folder, name)
    await writeFile(path, content)
    const got: Got[] = []
    for await (const pieces of splitFile(path, { meter: { read: 0 } })) {
      for (const { raw: _, ...rest } of pieces) got.push(rest)
    }
    return got
  }
  const lines = Array.from({ length: 5_000 }, (_, i) =>
    JSON.stringify({ i, text: 'abc'.repeat(i % 9) }),
  ).join('\n')

  test('is unpacked by what it holds, whatever its name', async () => {
    expect(values(await read('log', gzipSync(lines)))).toHaveLength(5_000)
    expect(
      values(await read('two', Buffer.concat([gzipSync('{"a":1}\n'), gzipSync('{"a":2}\n')]))),
    ).toEqual([{ a: 1 }, { a: 2 }])
  })

  test('that was cut off gives what it holds, and says so', async () => {
    const packed = gzipSync(lines)
    const got = await read('log.gz', packed.subarray(0, packed.length - 3_000))
    expect(values(got).length).toBeGreaterThan(1_000)
    expect(got.at(-1)?.reason).toContain('the gzip data ends early')
  })

  test('that unpacks to far too much is left', async () => {
    const got = await read('bomb.gz', gzipSync(Buffer.alloc(80_000_000, 32)))
    expect(got.map((one) => one.reason).join()).toContain('taken for a gzip bomb')
  })

  test('that is empty, missing, of another encoding or no log says so', async () => {
    expect(await read('empty', '')).toEqual([{ line: 1, reason: 'the file is empty' }])
    expect(await read('empty.gz', gzipSync(''))).toEqual([{ line: 1, reason: 'the file is empty' }])
    expect((await read('utf16', Buffer.from('\ufeffa,b\n1,2', 'utf16le')))[0]?.reason).toContain(
      'UTF-16',
    )
    expect(await read('text', 'hello\nworld\n')).toMatchObject([{ line: 1 }, { line: 2 }])
    const absent: Got[] = []
    for await (const pieces of splitFile(join(folder, 'absent'), { meter: { read: 0 } }))
      absent.push(...pieces)
    expect(absent[0]?.reason).toBe('there is no such file')
  })

  test('of text keeps no more of an endless line than it shows, and says how long it was', async () => {
    const line = `${'x'.repeat(3_000_000)}\n`
    const got = await read('text', `short\n${line}${line}last\n`)
    const reason = 'a line of 3.0 MB is longer than the limit of 0.3 MB'
    expect(got).toEqual([
      { line: 1, value: 'short' },
      { line: 2, reason },
      { line: 3, reason },
      { line: 4, value: 'last' },
    ])
  })

  test('with a byte order mark is read like one without', async () => {
    expect(values(await read('bom.json', '\ufeff{"a":1}'))).toEqual([{ a: 1 }])
    expect(values(await read('bom.csv', '\ufeffa,b\n1,2\n'))).toEqual([{ a: '1', b: '2' }])
  })

  test('is a table though its cells hold JSON over several lines', async () => {
    const got = await read('x.csv', 'id,detail\n1,"[\n  {\n    ""a"": 1\n  }\n]"\n2,{}\n')
    expect(values(got)).toEqual([
      { id: '1', detail: '[\n  {\n    "a": 1\n  }\n]' },
      { id: '2', detail: '{}' },
    ])
  })

  test('is found in its folder, once, in order of names', async () => {
    for (const name of ['b.json', 'a.csv.gz', 'README.md', '.hidden.json'])
      await writeFile(join(folder, name), 'x')
    const { files, passed } = await findFiles([folder, join(folder, 'b.json')])
    expect(files.map((one) => one.path)).toEqual([join(folder, 'a.csv.gz'), join(folder, 'b.json')])
    expect(passed).toEqual([join(folder, 'README.md')])
    await expect(findFiles([join(folder, 'nothing')])).rejects.toThrow(
      'there is no such file or folder',
    )
  })
})

describe('XML of the Windows event log', () => {
  const event = (n: number) => `<Event xmlns='x'>\n<EventID>${n}</EventID></Event>`
  const layouts: Record<string, (events: readonly string[]) => string> = {
    'a list': (events) => `<?xml version="1.0"?>\n<Events>${events.join('')}</Events>\n`,
    'one a line': (events) => events.map((one) => one.replace('\n', '')).join('\n'),
    'nothing between them': (events) => events.join(''),
  }

  test.each(Object.entries(layouts))(
    'as %s gives every event once, wherever the chunks end',
    (_, layout) => {
      fc.assert(
        fc.property(
          fc.array(fc.nat(9_999), { minLength: 1, maxLength: 6 }),
          fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }),
          (numbers, sizes) => {
            const text = layout(numbers.map(event))
            expect(isEventXml(text)).toBe(true)
            const got = values(split(xmlSplitter(), text, sizes))
            expect(got.map((one) => /\d+(?=<)/.exec(String(one))?.[0])).toEqual(numbers.map(String))
          },
        ),
        { numRuns: 50 },
      )
    },
  )

  test('says which event is broken or cut off, and on which line, and loses no other', () => {
    const text = `<Events>\n${event(1)}\n<Event ><EventID>2</EventID>\n${event(3)}\n</Event>\n<Event ><EventID>5`
    expect(split(xmlSplitter(), text).map(({ line, reason }) => [line, reason])).toEqual([
      [2, undefined],
      [4, 'not valid XML: the event ends in the middle'],
      [5, undefined],
      [6, 'not valid XML: the end of an event without its beginning'],
      [8, 'not valid XML: the file ends in the middle of an event'],
    ])
  })

  test('says what else stands between events, at the end too', () => {
    const text = `<Events>${event(1)}\nlost\n${event(2)}</Events>\n<Events>${event(3)}</Events>rest`
    expect(split(xmlSplitter(), text).map(({ line, reason }) => [line, reason])).toEqual([
      [1, undefined],
      [2, 'what stands there is no event'],
      [4, undefined],
      [6, undefined],
      [7, 'what stands there is no event'],
    ])
  })

  test('is told from other text', () => {
    for (const other of ['<html>', 'Event', '{"Event":1}', '<EventLog>', ''])
      expect(isEventXml(other)).toBe(false)
  })
})
