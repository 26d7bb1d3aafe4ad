import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { jsonSchemas } from './json-schema.ts'

const folder = new URL('../generated/', import.meta.url)

describe('the generated JSON Schemas', () => {
  it('are current: `node packages/schema/scripts/write-json-schemas.ts` writes them', () => {
    for (const [file, text] of jsonSchemas()) {
      expect(readFileSync(new URL(file, folder), 'utf8'), file).toBe(text)
    }
  })

  it('are all there is in the folder', () => {
    expect(readdirSync(folder).sort()).toEqual([...jsonSchemas().keys()].sort())
  })
})
