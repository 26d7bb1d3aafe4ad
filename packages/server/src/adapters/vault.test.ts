import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createVault, openVault } from './vault.ts'

let dataDir = ''
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'gatewatch-vault-'))
})
afterEach(() => rm(dataDir, { recursive: true, force: true }))

const vault = createVault(Buffer.alloc(32, 7))

test('whatever text is sealed comes back, and never looks the same twice', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, name) => {
      const sealed = vault.seal(text, name)
      expect(vault.open(sealed, name)).toBe(text)
      expect(vault.seal(text, name)).not.toEqual(sealed)
    }),
  )
})

test('what was changed anywhere, cut, or sealed for another purpose or with another key is refused', () => {
  const sealed = vault.seal('hunter2', 'channel 1')
  for (let at = 0; at < sealed.length; at++) {
    const changed = Uint8Array.from(sealed)
    changed[at] = (changed[at] ?? 0) ^ 1
    expect(() => vault.open(changed, 'channel 1'), `byte ${at}`).toThrow(/another key/)
    expect(() => vault.open(sealed.subarray(0, at), 'channel 1')).toThrow(/another key/)
  }
  expect(() => vault.open(sealed, 'channel 2')).toThrow(/channel 2/)
  expect(() => createVault(Buffer.alloc(32, 8)).open(sealed, 'channel 1')).toThrow(/another key/)
  expect(Buffer.from(sealed).includes('hunter2')).toBe(false)
})

test('the key is made once, for the owner alone, and found again', async () => {
  const folder = join(dataDir, 'deep')
  const [one, two] = await Promise.all([
    openVault({ dataDir: folder }),
    openVault({ dataDir: folder }),
  ])
  const sealed = one.seal('text', 'x')
  expect(two.open(sealed, 'x')).toBe('text')
  expect((await openVault({ dataDir: folder })).open(sealed, 'x')).toBe('text')
  expect((await stat(join(folder, 'secret.key'))).mode & 0o777).toBe(0o600)
})

test('a key that is given counts before the file; one that is none is refused by name', async () => {
  const secretKey = Buffer.alloc(32, 7).toString('base64')
  const given = await openVault({ secretKey, dataDir })
  expect(vault.open(given.seal('text', 'x'), 'x')).toBe('text')
  await expect(readFile(join(dataDir, 'secret.key'))).rejects.toThrow(/ENOENT/)
  await expect(openVault({ secretKey: 'short', dataDir })).rejects.toThrow(/GATEWATCH_SECRET_KEY/)
  await writeFile(join(dataDir, 'secret.key'), 'rubbish')
  await expect(openVault({ dataDir })).rejects.toThrow(/secret\.key holds no key/)
})
