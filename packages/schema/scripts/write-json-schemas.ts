import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { jsonSchemas } from '../src/json-schema.ts'

const folder = new URL('../generated/', import.meta.url)
mkdirSync(folder, { recursive: true })
for (const file of readdirSync(folder)) rmSync(new URL(file, folder))
for (const [file, text] of jsonSchemas()) writeFileSync(new URL(file, folder), text)
