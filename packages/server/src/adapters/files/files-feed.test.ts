import {
  appendFile,
  copyFile,
  mkdtemp,
  rename,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FeedSettings } from '@gatewatch/schema'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { followFeed } from '../test-feed.ts'
import { filesFeed } from './files-feed.ts'
import { readPlaces, writePlaces } from './place.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatewatch-files-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const at = (name: string) => join(folder, name)
const feed = (name = '*.log') => {
  const settings = FeedSettings.parse({ kind: 'files', folder, name })
  if (settings.kind !== 'files') throw new Error(settings.kind)
  return filesFeed(settings)
}
const soon = { timeout: 20_000, interval: 50 }

test('lines are taken as they are appended, a line once its end is written', async () => {
  await writeFile(at('a.log'), 'one\ntwo\nthr')
  await writeFile(at('b.txt'), 'no\n')
  await writeFile(at('c.log.gz'), 'no\n')
  await symlink(at('b.txt'), at('link.log'))
  const followed = followFeed(feed())
  await expect.poll(() => followed.lines, soon).toEqual(['one', 'two'])
  await appendFile(at('a.log'), 'ee\nfour\n')
  await writeFile(at('d.log'), 'new\n')
  await expect.poll(() => followed.lines, soon).toEqual(['one', 'two', 'three', 'four', 'new'])
  expect(followed.caughtUp).toBeGreaterThan(0)
})

test('it goes on where it was after a restart, in files that were moved, cut, replaced and removed meanwhile', async () => {
  for (const name of ['moved', 'cut', 'replaced', 'kept'])
    await writeFile(at(`${name}.log`), `${name} 1\n`)
  const first = followFeed(feed())
  await expect.poll(() => first.lines.length, soon).toBe(4)
  await first.stop()

  await appendFile(at('moved.log'), 'moved 2\n')
  await rename(at('moved.log'), at('moved.log.1'))
  await writeFile(at('moved.log'), 'moved 3\n')
  await truncate(at('cut.log'))
  await appendFile(at('cut.log'), 'cut 2\n')
  // As long as before and in place, but other.
  await writeFile(at('replaced.log'), 'Replaced 2, and more\n')
  await appendFile(at('kept.log'), 'kept 2\n')
  const second = followFeed(feed(), { places: first.places })
  await expect
    .poll(() => second.lines.toSorted(), soon)
    .toEqual(['Replaced 2, and more', 'cut 2', 'kept 2', 'moved 2', 'moved 3'])
  expect(second.lines.indexOf('moved 2')).toBeLessThan(second.lines.indexOf('moved 3'))
})

test('rotation loses nothing: what was written before a file was moved, and before it was deleted, is taken', async () => {
  await writeFile(at('a.log'), '1\n')
  const followed = followFeed(feed())
  await expect.poll(() => followed.lines, soon).toEqual(['1'])
  const wanted = ['1']
  for (let round = 2; round < 6; round++) {
    await appendFile(at('a.log'), `${round} old\n${round} unended`)
    wanted.push(`${round} old`, `${round} unended`, `${round} new`)
    // Moved away and deleted within one look, as when it is packed at once.
    await rename(at('a.log'), at('a.old'))
    await writeFile(at('a.log'), `${round} new\n`)
    await rm(at('a.old'))
    await expect.poll(() => followed.lines.toSorted(), soon).toEqual(wanted.toSorted())
  }
  // Copied and cut.
  await copyFile(at('a.log'), at('a.copy'))
  await truncate(at('a.log'))
  await appendFile(at('a.log'), 'z\n')
  await expect.poll(() => followed.lines.at(-1), soon).toBe('z')
  expect(followed.lines).toHaveLength(wanted.length + 1)
  expect(readPlaces(followed.places.get('files')).size).toBe(1)
})

test('files written before the first reading goes back are read from their end on; long lines are put aside and stop nothing', async () => {
  await writeFile(at('old.log'), 'old\n')
  await utimes(at('old.log'), 1, 1)
  await writeFile(at('long.log'), `${'x'.repeat(2_500_000)}\nshort\n`)
  const followed = followFeed(feed(), { from: Date.now() - 60_000 })
  await expect.poll(() => followed.lines, soon).toEqual(['short'])
  expect(followed.refused).toHaveLength(1)
  expect(followed.refused[0]?.reason).toBe('the line is longer than 1 MB')
  await appendFile(at('old.log'), 'fresh\n')
  await expect.poll(() => followed.lines, soon).toEqual(['short', 'fresh'])
})

test('a folder that is not there is told', async () => {
  await rm(folder, { recursive: true })
  expect(String(await followFeed(feed()).ended)).toContain('ENOENT')
})

test('places are read back as they were written', () => {
  const place = fc.record({
    offset: fc.nat(),
    headLength: fc.nat(1_024),
    head: fc.string(),
    skips: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string(), place)), (rows) => {
      const places = new Map(rows)
      expect(readPlaces(writePlaces(places))).toEqual(places)
    }),
  )
})
