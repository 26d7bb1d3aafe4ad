import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stableJson } from './stable-json.ts'

test('is JSON of the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(stableJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('writes texts exactly as JSON.stringify does, control characters and lone surrogates too', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, other) => {
      for (const one of [text, other, '\ud800', 'a"b\\c', '\0\u001f\u007f\u2028']) {
        expect(stableJson(one)).toBe(JSON.stringify(one))
      }
    }),
  )
})

test('does not depend on the order in which an object was built, nor on what is undefined', () => {
  const one = { b: 1, a: { d: [1, { y: 2, x: 1 }], c: 'text' } }
  const other = { a: { c: 'text', d: [1, { x: 1, y: 2 }] }, b: 1, gone: undefined }
  expect(stableJson(other)).toBe(stableJson(one))
  expect(stableJson(one)).toBe('{"a":{"c":"text","d":[1,{"x":1,"y":2}]},"b":1}')
  expect(stableJson({ a: 1 })).not.toBe(stableJson({ a: 2 }))
})

test('writes the same when more shapes have come than are remembered', () => {
  for (let index = 0; index < 6_000; index++) stableJson({ [`shape${index}`]: 1, a: 2 })
  const long = 'k'.repeat(100)
  expect(stableJson({ z: 1, new: 2, a: undefined })).toBe('{"new":2,"z":1}')
  expect(stableJson({ z: 1, [long]: 2, a: 3 })).toBe(`{"a":3,"${long}":2,"z":1}`)
})
