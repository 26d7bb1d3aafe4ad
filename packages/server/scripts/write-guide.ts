import { mkdirSync, writeFileSync } from 'node:fs'
import { configurationGuide } from '../src/config.ts'

const folder = new URL('../../../docs/guide/', import.meta.url)
mkdirSync(folder, { recursive: true })
writeFileSync(new URL('configuration.md', folder), configurationGuide())
