import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Bulletin, News } from './news.ts'

/** What telling one another promises. `begin` opens the ends of two processes. */
export function testNews(
  name: string,
  begin: () => Promise<{
    readonly ends: readonly [News, News]
    readonly close: () => Promise<void>
  }>,
): void {
  describe(`news through ${name}`, () => {
    let ends: readonly [News, News]
    let close: () => Promise<void>
    const stops: (() => Promise<void>)[] = []
    beforeEach(async () => {
      ;({ ends, close } = await begin())
    })
    afterEach(async () => {
      for (const stop of stops.splice(0)) await stop()
      await close()
    })
    const listen = (end: News) => {
      const heard: Bulletin[] = []
      stops.push(end.hear((bulletin) => heard.push(bulletin)))
      return heard
    }

    test('others hear what one tells, as it was told; one does not hear oneself', async () => {
      const [one, other] = [listen(ends[0]), listen(ends[1])]
      const bulletin = {
        tenant: 3,
        uids: ['a', '\u0000 "ö\ud83d\ude00'],
        more: 7,
        alerts: [{ id: 'x', isNew: true }],
      }
      await expect
        .poll(async () => {
          await ends[0].tell(bulletin)
          return other.length
        })
        .toBeGreaterThan(0)
      expect(other[0]).toEqual(bulletin)
      expect(one).toEqual([])
    })

    test('of more than can be told, some is, and the rest is counted; no alert is left out', async () => {
      const other = listen(ends[1])
      const uids = Array.from({ length: 500 }, (_, n) => `${n} ${'ö'.repeat(200)}`)
      const alerts = Array.from({ length: 300 }, (_, n) => ({ id: `alert ${n}`, isNew: false }))
      const warmUp = { tenant: 2, uids: [], more: 0, alerts: [] }
      await expect
        .poll(async () => {
          await ends[0].tell(warmUp)
          return other.length
        })
        .toBeGreaterThan(0)
      await ends[0].tell({ tenant: 1, uids, more: 1, alerts })
      const heard = () => other.filter(({ tenant }) => tenant === 1)
      const told = () => heard().flatMap((bulletin) => bulletin.alerts.map(({ id }) => id))
      await expect.poll(told, { timeout: 10_000 }).toEqual(alerts.map(({ id }) => id))
      await expect
        .poll(() => heard().reduce((sum, { uids, more }) => sum + uids.length + more, 0))
        .toBe(501)
      expect(heard().reduce((sum, { uids }) => sum + uids.length, 0)).toBeGreaterThan(0)
    })

    test('who stopped listening hears nothing', async () => {
      const heard: Bulletin[] = []
      const stop = ends[1].hear((bulletin) => heard.push(bulletin))
      const bulletin = { tenant: 1, uids: ['a'], more: 0, alerts: [] }
      await expect
        .poll(async () => {
          await ends[0].tell(bulletin)
          return heard.length
        })
        .toBeGreaterThan(0)
      await stop()
      const before = heard.length
      await ends[0].tell(bulletin)
      await new Promise((resolve) => setTimeout(resolve, 200))
      expect(heard.length).toBe(before)
    })
  })
}
