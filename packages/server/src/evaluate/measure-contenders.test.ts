import { expect, test } from 'vitest'
import { measureContenders } from './measure-contenders.ts'
import { kindOf } from './rows.ts'
import type { SignInRow, Trial } from './trial.ts'

const row = (score: number, label: string, victim: string, isFirstVisit = false): SignInRow => ({
  scores: Float64Array.of(score),
  points: new Float32Array(),
  named: 0,
  reasons: [],
  risk: 0,
  isAlert: false,
  isStopped: false,
  probability: 0,
  history: 10,
  time: 0,
  truth: { label, victim, campaign: label },
  isFirstVisit,
})

/** A thousand honest sign-ins scored 0 to 999, and somebody else's three visits to two people. */
const benign = Array.from({ length: 1000 }, (_, i) => row(i, 'benign', `p${i % 100}`))
const attacks = [
  row(5000, 'targeted', 'ada', true),
  row(10, 'targeted', 'ada'),
  row(20, 'targeted', 'bob', true),
  row(6000, 'naive', 'cy', true),
]

function measured(activitySignIns: readonly SignInRow[]) {
  const trial: Trial = {
    names: ['gatewatch'],
    leftOut: [],
    signIns: [...benign, ...attacks],
    activitySignIns,
    counted: 0,
    events: 1004,
    attackSignInsInWarmUp: 0,
    days: 1,
    prevalence: 1e-4,
    microseconds: 1,
  }
  const [result] = measureContenders(trial, [0.01])
  if (result === undefined) throw new Error('no column')
  return result
}

test('whoever signs in as somebody else is an attack; who is judged by actions is neither that nor benign', () => {
  expect(['benign', 'targeted', 'poisoned_strike', 'account_takeover'].map(kindOf)).toEqual([
    'benign',
    'attack',
    'attack',
    'attack',
  ])
  expect(kindOf('insider')).toBe('activity')
})

test('sign-ins of those judged by actions are told at the same thresholds and change no other figure', () => {
  const without = measured([])
  const { ofActivity, ...others } = measured([
    row(9000, 'insider', 'dee', true),
    row(3, 'insider', 'dee'),
  ])
  expect(ofActivity.insider?.recall).toEqual([0.5])
  expect(others).toMatchObject({
    recall: without.recall,
    byType: without.byType,
    victims: { recall: without.victims.recall },
    auc: without.auc,
    averagePrecision: without.averagePrecision,
    curve: without.curve,
  })
  expect(Object.keys(others.byType)).toEqual(['naive', 'targeted'])
})

test('first visits and later ones are told apart, all together and by type', () => {
  const { recall, firstVisits, laterVisits } = measured([])
  expect(recall).toEqual([0.5])
  expect(firstVisits).toMatchObject({ count: 3, recall: [2 / 3] })
  expect(laterVisits).toMatchObject({ count: 1, recall: [0] })
  expect(firstVisits.byType).toMatchObject({
    naive: { count: 1, recall: [1] },
    targeted: { count: 2, recall: [0.5] },
  })
  expect(laterVisits.byType.naive).toMatchObject({ count: 0, recall: [Number.NaN] })
})
