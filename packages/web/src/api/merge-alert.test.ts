import type { AlertSummary } from '@gatewatch/schema'
import { expect, test } from 'vitest'
import { type AlertPages, mergeAlert } from './merge-alert.ts'

const alert = (id: string, more: Partial<AlertSummary> = {}): AlertSummary => ({
  id,
  title: id,
  severity: 'high',
  status: 'open',
  entity: 'user:ada@example.com',
  entity_name: 'Ada',
  risk: 90,
  decision: 'deny',
  first_seen: 0,
  last_seen: 0,
  count: 1,
  techniques: [],
  reasons: [],
  demo: false,
  ...more,
})
const pages = (...ids: string[][]): AlertPages => ({
  pages: ids.map((page) => ({
    alerts: page.map((id) => alert(id)),
    total_open: 3,
    total_kept_back: 0,
    total_suppressed: 0,
  })),
  pageParams: ids.map(() => undefined),
})
const ids = (merged: AlertPages) => merged.pages.map((page) => page.alerts.map(({ id }) => id))

test('a new alert goes on top', () => {
  expect(ids(mergeAlert(pages(['a', 'b'], ['c']), alert('n'), {}))).toEqual([
    ['n', 'a', 'b'],
    ['c'],
  ])
})

test('a known alert moves to the top instead of showing twice', () => {
  expect(ids(mergeAlert(pages(['a', 'b'], ['c']), alert('c'), {}))).toEqual([['c', 'a', 'b'], []])
})

test('an alert that no longer matches the filter leaves the list', () => {
  const merged = mergeAlert(pages(['a', 'b']), alert('a', { status: 'closed' }), { status: 'open' })
  expect(ids(merged)).toEqual([['b']])
})

test('an alert of another severity or identity does not enter', () => {
  expect(ids(mergeAlert(pages(['a']), alert('n'), { severity: 'low' }))).toEqual([['a']])
  expect(ids(mergeAlert(pages(['a']), alert('n'), { entity: 'user:bo@example.com' }))).toEqual([
    ['a'],
  ])
})

test('an alert that does not hold what is searched for does not enter', () => {
  expect(ids(mergeAlert(pages(['a']), alert('n'), { search: 'ADA@' }))).toEqual([['n', 'a']])
  expect(ids(mergeAlert(pages(['a']), alert('n'), { search: 'bob' }))).toEqual([['a']])
})
