import { expect, test } from 'vitest'
import { remembered } from './remembered.ts'

test('a text is read once while few are kept, and again once they were dropped', () => {
  const read: string[] = []
  const size = remembered((text) => {
    read.push(text)
    return text.length
  }, 2)
  expect([size('a'), size('bb'), size('a')]).toEqual([1, 2, 1])
  expect(read).toEqual(['a', 'bb'])
  expect([size('ccc'), size('a')]).toEqual([3, 1])
  expect(read).toEqual(['a', 'bb', 'ccc', 'a'])
})

test('a long text is answered and not kept', () => {
  let reads = 0
  const size = remembered((text) => {
    reads++
    return text.length
  })
  const long = 'x'.repeat(1_000)
  expect([size(long), size(long)]).toEqual([1_000, 1_000])
  expect(reads).toBe(2)
})
