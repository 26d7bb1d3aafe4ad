import { expect, test } from 'vitest'
import { csvOf } from './csv.ts'

test('quotes, commas and line ends stay within their cell', () => {
  expect(csvOf([{ a: 'say "hi", you\nthere', b: 1 }], ['a', 'b'])).toBe(
    'a,b\r\n"say ""hi"", you\nthere",1\r\n',
  )
})

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1'])('%j is no formula', (text) => {
  expect(csvOf([{ a: text }], ['a'])).toBe(`a\r\n'${text}\r\n`)
})

test('a number stays one, nothing is empty, a list is JSON', () => {
  const rows: { a: number; b?: string; c: string[] }[] = [{ a: -3, c: ['T1078'] }]
  expect(csvOf(rows, ['a', 'b', 'c'])).toBe('a,b,c\r\n-3,,"[""T1078""]"\r\n')
})
