import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Part, partsOf } from './parts-of.ts'

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

test('lines and rows come out as they went in, in whatever pieces', async () => {
  const row = fc
    .string({ unit: 'binary', maxLength: 30 })
    // As COPY writes a text.
    .map((text) => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n'))
  const item = fc.oneof(fc.record({ line: fc.jsonValue() }), fc.record({ row }))
  await fc.assert(
    fc.asyncProperty(
      fc.array(item, { maxLength: 30 }),
      fc.integer({ min: 1, max: 40 }),
      async (items, size) => {
        const text = items
          .map((one) => ('line' in one ? `\\@ ${JSON.stringify(one.line)}\n` : `${one.row}\n`))
          .join('')
        const found: Part[] = []
        for await (const part of partsOf(inPieces(Buffer.from(text), size))) found.push(part)
        const again = found
          .map((part) =>
            part.kind === 'line' ? `\\@ ${JSON.stringify(part.value)}\n` : part.bytes.toString(),
          )
          .join('')
        expect(again).toBe(text)
        const lines = items.flatMap((one) => ('line' in one ? [one.line] : []))
        expect(found.flatMap((part) => (part.kind === 'line' ? [part.value] : []))).toEqual(
          lines.map((one) => JSON.parse(JSON.stringify(one))),
        )
      },
    ),
  )
})
