import { expect, test } from 'vitest'
import { call, createLife, DAY, HOUR, type Life, MONDAY, signIn } from '../testing/lives.ts'

/** Reads `count` objects that make up `bytes` together, two minutes apart; the judgement of the last. */
function read(life: Life, time: number, bytes: number, count = 8) {
  let judged = life.live(signIn(time - HOUR))
  for (let i = 0; i < count; i++) {
    const traffic = { bytes_out: Math.round(bytes / count) }
    judged = life.live(call(time + i * 120_000, 'GetObject', { event: { traffic } }))
  }
  const { reasons } = judged.verdict
  return {
    isNamed: reasons.some(({ code }) => code === 'data_volume'),
    points: reasons.find(({ code }) => code === 'bytes_out')?.points ?? 0,
    text: reasons.find(({ code }) => code === 'data_volume')?.text,
  }
}

/** Sixty days on which somebody signs in and sends what `bytesOn` says; 0 for nothing. */
function lived(bytesOn: (day: number) => number): Life {
  const life = createLife()
  for (let day = 0; day < 60; day++) {
    const bytes = bytesOn(day)
    if (bytes > 0) read(life, MONDAY + day * DAY, bytes)
    else life.live(signIn(MONDAY + day * DAY))
  }
  return life
}

const TODAY = MONDAY + 60 * DAY

test('gigabytes of ordinary objects by somebody who moves megabytes are named', () => {
  const life = lived((day) => (day % 3 === 0 ? 5e6 * (1 + (day % 4)) : 0))
  const judged = read(life, TODAY, 8.4e9, 200)
  expect(judged.isNamed).toBe(true)
  expect(judged.points).toBeGreaterThan(1.5)
  expect(judged.text).toMatch(/^8400 MB in a day, \d+ times the usual$/)
})

test('gigabytes by somebody who never sent anything are named', () => {
  const life = lived(() => 0)
  const judged = read(life, TODAY, 2e9, 60)
  expect(judged.isNamed).toBe(true)
  expect(judged.text).toBe('2000 MB in a day from an identity that never sent any')
})

test('a backup as every night and an export as every month are not', () => {
  const backup = lived((day) => 5e10 * (1 + (day % 5) / 10))
  expect(read(backup, TODAY, 8e10, 300)).toMatchObject({ isNamed: false })
  const monthly = lived((day) => (day % 30 === 29 ? 6e8 : day % 4 === 0 ? 3e6 : 0))
  expect(read(monthly, TODAY, 1.2e9, 30)).toMatchObject({ isNamed: false })
})

test('as long as nobody knows the days of an identity, none of them is unusual', () => {
  const life = createLife()
  for (let day = 0; day < 3; day++) life.live(signIn(MONDAY + day * DAY))
  expect(read(life, MONDAY + 3 * DAY, 3e9, 40)).toMatchObject({ isNamed: false })
})
