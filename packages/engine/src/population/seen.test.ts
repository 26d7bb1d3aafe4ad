import { expect, test } from 'vitest'
import { defaultPolicy } from '../decide.ts'
import { SEQUENCE } from '../features/action-class.ts'
import { judge, peek } from '../judge.ts'
import { fitSequenceMember } from '../lab/sequence-member.ts'
import { refit } from '../models/refit.ts'
import { defaultModels } from '../models/shipped.ts'
import { decodeProfile } from '../profile/codec.ts'
import { copyProfile } from '../profile/profile.ts'
import { call, DAY, livedIn, MONDAY, STRANGER, signIn } from '../testing/lives.ts'
import type { Judgement } from '../types.ts'
import { applyDelta, createDelta } from './population.ts'
import { decodeSeen } from './seen.ts'

/** Raises alerts at once. */
const policy = { ...defaultPolicy, alertAt: 40 }
const SECRET = Uint8Array.from({ length: 16 }, (_, i) => 3 * i + 1)

test('what was seen of a population judges the alert again to the bit, after all else has changed', () => {
  const life = livedIn(30, 60)
  const models = refit(life.population, 9)
  expect(models.members.length).toBeGreaterThan(0)
  const later = MONDAY + 61 * DAY
  const events = [
    signIn(later, STRANGER),
    ...Array.from({ length: 40 }, (_, n) =>
      call(later + 60_000 + n * 1000, 'DeleteDBInstance', {
        event: {
          activity_id: 4,
          api: { service: 'rds.amazonaws.com', operation: 'DeleteDBInstance', read_only: false },
        },
      }),
    ),
  ]
  const profile = copyProfile(life.profile())
  const alerted: { event: (typeof events)[number]; judgement: Judgement }[] = []
  for (const event of events) {
    const delta = createDelta()
    const judgement = judge(event, profile, life.population, models, policy, delta, () => true)
    if (judgement.alert !== null) alerted.push({ event, judgement })
    applyDelta(life.population, delta)
  }
  expect(alerted.length).toBeGreaterThan(1)
  for (const { event, judgement } of alerted) {
    const seen = decodeSeen(judgement.seen ?? new Uint8Array(), SECRET)
    const before = decodeProfile(judgement.profileBefore ?? new Uint8Array())
    expect(peek(event, before, seen, models, policy)).toEqual(judgement.verdict)
    expect(judgement.seen?.length).toBeLessThan(8_000)
  }
  const last = alerted.at(-1)
  if (last === undefined) throw new Error('no alert')
  const before = decodeProfile(last.judgement.profileBefore ?? new Uint8Array())
  const now = peek(last.event, before, life.population, models, policy)
  expect(now).not.toEqual(last.judgement.verdict)
  const cut = last.judgement.seen?.slice(0, -9) ?? new Uint8Array()
  expect(() => decodeSeen(cut, SECRET)).toThrow(/damaged/)
})

test('an alert that the order of actions had a say in is judged again to the bit, and its points add up', () => {
  const life = livedIn(30, 60)
  const usual = Array.from({ length: 400 }, (_, n) =>
    Uint8Array.from({ length: SEQUENCE }, (_, k) => 10 + ((n + k) % 5)),
  )
  const members = [fitSequenceMember(usual, 1)]
  const models = { ...defaultModels, version: 9, members, followsActions: true }
  const profile = copyProfile(life.profile())
  const later = MONDAY + 61 * DAY
  let told = 0
  for (let n = 0; n < 40; n++) {
    const event = call(later + n * 1000, 'DeleteDBInstance', {
      event: {
        activity_id: 4,
        api: { service: 'rds.amazonaws.com', operation: 'DeleteDBInstance', read_only: false },
      },
    })
    const delta = createDelta()
    const judgement = judge(event, profile, life.population, models, policy, delta, () => true)
    applyDelta(life.population, delta)
    if (judgement.alert === null) continue
    const seen = decodeSeen(judgement.seen ?? new Uint8Array(), SECRET)
    const record = judgement.profileBefore ?? new Uint8Array()
    expect(record.length).toBeLessThan(2_000)
    const { reasons, score } = peek(event, decodeProfile(record), seen, models, policy)
    expect(reasons).toEqual(judgement.verdict.reasons)
    expect(reasons.reduce((sum, { points }) => sum + points, 0)).toBeCloseTo(score, 9)
    const order = reasons.find(({ code }) => code === 'lstm')
    const parts = order?.parts?.reduce((sum, { points }) => sum + points, 0) ?? 0
    expect(parts).toBeCloseTo(order?.points ?? 0, 9)
    if (order !== undefined) told++
  }
  expect(told).toBeGreaterThan(1)
})

test('what raises no alert keeps nothing', () => {
  const life = livedIn(10, 30)
  expect(life.live(signIn(MONDAY + 31 * DAY)).seen).toBeNull()
})
