import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const folders = readdirSync(import.meta.dirname).filter((name) =>
  existsSync(join(import.meta.dirname, name, 'normalise.ts')),
)
const guide = readFileSync(join(import.meta.dirname, '../../../../docs/guide/sources.md'), 'utf8')
const own = ['canonical', 'generic', 'predict', 'rba']

describe.each(folders)('the page of %s', (folder) => {
  const path = join(import.meta.dirname, folder, 'README.md')
  const page = existsSync(path) ? readFileSync(path, 'utf8') : ''

  test('says which permissions are needed, how to set it up, how late records come, and what is not mapped', () => {
    expect(page).toMatch(/\*\*Permissions( and set-up)?\*\*:\s\S/)
    expect(page).toMatch(/\*\*(Permissions and s|S)et-up\*\*[:,]\s\S/)
    expect(page).toMatch(/\*\*Latency\*\*:\s\S/)
    expect(page).toMatch(/not mapped:\s\S/i)
  })

  test('is found from the guide', () => {
    if (!own.includes(folder)) expect(guide).toContain(`connectors/${folder}/README.md`)
  })
})
