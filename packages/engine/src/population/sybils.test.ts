import { expect, test } from 'vitest'
import { defaultPolicy } from '../decide.ts'
import { peek } from '../judge.ts'
import { defaultModels } from '../models/shipped.ts'
import { DAY, HOUR, livedIn, MONDAY, STRANGER, signIn } from '../testing/lives.ts'

/** How an attack on Ada is judged after so many made-up identities have signed in from where it comes, on so many days. */
function attacked(count: number, days: number) {
  const life = livedIn(40, 26)
  for (let day = 0; day < days; day++) {
    for (let n = 0; n < count; n++) {
      const key = `user:made-up${n}`
      const event = { actor: { type: 'user' as const, key }, device: { uid: `machine ${n}` } }
      const more = { ...STRANGER, entity: { key, name: key }, event }
      life.live(signIn(MONDAY + (26 + day) * DAY + n * 30_000, more))
    }
  }
  const attack = signIn(MONDAY + 28 * DAY + HOUR, STRANGER)
  return peek(attack, life.profile(), life.population, defaultModels, defaultPolicy)
}

test('identities that were made for it make neither a network, a place nor strangeness look usual', () => {
  const alone = attacked(0, 0)
  expect(alone.risk).toBeGreaterThan(90)
  for (const [count, days] of [
    [40, 1],
    [40, 2],
    [400, 2],
  ] as const) {
    const among = attacked(count, days)
    expect(Math.abs(among.score - alone.score)).toBeLessThan(0.5)
    expect(alone.risk - among.risk).toBeLessThan(3)
    expect(among.decision).toBe(alone.decision)
  }
})
