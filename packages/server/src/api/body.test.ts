import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJson } from '../connectors/values/fields.ts'
import { type BodyRecord, readRecords, unpackBody } from './body.ts'

const read = (text: string | Buffer): BodyRecord[] => [...readRecords(Buffer.from(text))]
const values = (text: string) =>
  read(text).map((record) => ('value' in record ? record.value : record.broken))

describe('readRecords', () => {
  it('reads an array, one object, and one object a line', () => {
    expect(values('[{"a":1},{"a":2}]')).toEqual([{ a: 1 }, { a: 2 }])
    expect(values('{"a":1}')).toEqual([{ a: 1 }])
    expect(values('{"a":1}\n{"a":2}\r\n\n{"a":3}')).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }])
  })

  it('reads one object that is written over many lines', () => {
    expect(values('{\n  "a": 1\n}\n')).toEqual([{ a: 1 }])
  })

  it('passes over a byte order mark', () => {
    expect(values('\ufeff{"a":1}')).toEqual([{ a: 1 }])
  })

  it('names the broken line and reads the others', () => {
    const records = read('{"a":1}\n{"a":\n{"a":3}')
    expect(records.map((record) => record.line)).toEqual([1, 2, 3])
    expect(records[1]).toMatchObject({ broken: expect.stringContaining('not JSON') })
    expect(records[1]?.raw().toString()).toBe('{"a":')
    expect(records[2]).toMatchObject({ value: { a: 3 } })
  })

  it('breaks a line of 10 MB, with its size, and reads the next', () => {
    const records = read(`{"a":"${'x'.repeat(10 * 1024 * 1024)}"}\n{"a":2}`)
    expect(records[0]).toMatchObject({ line: 1, broken: expect.stringContaining('10.0 MB') })
    expect(records[1]).toMatchObject({ value: { a: 2 } })
  })

  it('breaks a line of 10 MB that is alone', () => {
    expect(read(`{"a":"${'x'.repeat(10 * 1024 * 1024)}"}`)).toMatchObject([
      { broken: expect.any(String) },
    ])
  })

  it('says where a body that is not lines is no JSON', () => {
    expect(() => read('[{"a":1},')).toThrow(/not valid JSON/)
    expect(() => read('not json')).toThrow(/not valid JSON/)
  })

  it.each(['', ' ', '\n\n\t'])('says that %j is empty', (text) => {
    expect(() => read(text)).toThrow(/empty/)
  })

  it('leaves __proto__ a plain key of the record alone', () => {
    const [record] = values('{"__proto__":{"polluted":true}}')
    expect(Object.keys(record as object)).toEqual(['__proto__'])
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  it('keeps every digit of an identifier', () => {
    expect(values('{"id":-4324475583306591935}')).toEqual([{ id: '-4324475583306591935' }])
  })

  it('gives the lines of a log as they stand, where the format is a vendor’s', () => {
    const log = Buffer.from('Mar 27 13:06:56 a b: c\r\n\nMar 27 13:06:57 a b: d')
    const records = [...readRecords(log, 'text')]
    expect(records.map((record) => [record.line, 'value' in record && record.value])).toEqual([
      [1, 'Mar 27 13:06:56 a b: c'],
      [3, 'Mar 27 13:06:57 a b: d'],
    ])
  })

  it('gives the first event of Windows before it has all of them', () => {
    const log = Buffer.from(`<Events>${'<Event></Event>'.repeat(500_000)}</Events>`)
    const before = process.memoryUsage().heapUsed
    const records = readRecords(log, 'text')
    expect(records.next().value).toMatchObject({ line: 1, value: '<Event></Event>' })
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(60_000_000)
  })

  it('reads back whatever was written as lines or as an array', () => {
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { minLength: 2 }),
        (records) => {
          const texts = records.map((record) => JSON.stringify(record))
          const expected = texts.map(parseJson)
          expect(values(texts.join('\n'))).toEqual(expected)
          expect(values(`[${texts.join(',')}]`)).toEqual(expected)
        },
      ),
    )
  })

  it('never throws anything but a fault, on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          for (const record of readRecords(Buffer.from(bytes)))
            expect(record.line).toBeGreaterThan(0)
        } catch (error) {
          expect(['malformed_json', 'empty_body']).toContain((error as { code?: string }).code)
        }
      }),
    )
  })
})

it('gives what is nested deeper than can be written again a word in its place', () => {
  const deep = `[${'['.repeat(200_000)}${']'.repeat(200_000)},{"uid":"1"}]`
  const raws = [...readRecords(Buffer.from(deep))].map((one) => one.raw().toString())
  expect(raws).toEqual(['nested too deeply to be written', '{"uid":"1"}'])
})

describe('unpackBody', () => {
  it('unpacks gzip', async () => {
    expect((await unpackBody(gzipSync('[]'), 'gzip')).toString()).toBe('[]')
  })

  it('stops a bomb', async () => {
    const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024))
    await expect(unpackBody(bomb, 'gzip')).rejects.toMatchObject({ code: 'expands_too_much' })
  })

  it('takes what repeats itself a lot while it is small', async () => {
    const body = gzipSync(Buffer.alloc(900 * 1024, 0x20))
    expect((await unpackBody(body, 'gzip')).length).toBe(900 * 1024)
  })

  it('refuses bytes that are no gzip, and other encodings by name', async () => {
    await expect(unpackBody(Buffer.from('no'), 'gzip')).rejects.toMatchObject({
      code: 'malformed_gzip',
    })
    await expect(unpackBody(Buffer.from('no'), 'br')).rejects.toThrow(/"br"/)
  })
})
