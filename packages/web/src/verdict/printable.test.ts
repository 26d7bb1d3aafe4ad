import { expect, test } from 'vitest'
import { printable } from './printable.ts'

test('JSON is indented', () => {
  expect(printable('{"a":{"b":1}}')).toBe('{\n  "a": {\n    "b": 1\n  }\n}')
})

test('characters that hide or turn text are made visible', () => {
  expect(printable('pay\u202Etxt.exe\u0000 \u200B')).toBe('pay\\u202etxt.exe\\u0000 \\u200b')
})

test('line breaks and tabs stay what they are', () => {
  expect(printable('a\tb\nc')).toBe('a\tb\nc')
})

test('markup stays text', () => {
  expect(printable('<script>alert(1)</script>')).toBe('<script>alert(1)</script>')
})

test('what is not JSON, or would lose digits as JSON, stays as it came', () => {
  expect(printable('{broken')).toBe('{broken')
  expect(printable('{"id":12345678901234567890}')).toBe('{"id":12345678901234567890}')
})
