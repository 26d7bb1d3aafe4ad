import { expect, test } from 'vitest'
import { alertSearch } from '../../api/alerts.ts'
import { alertFilter, parseAlertSearch } from './alert-search.ts'

test('an empty address means open alerts of any severity', () => {
  expect(alertFilter(parseAlertSearch({}))).toEqual({ status: 'open', severity: undefined })
})

test('the address is read back as it was written', () => {
  expect(parseAlertSearch({ status: 'closed', severity: 'high' })).toEqual({
    status: 'closed',
    severity: 'high',
  })
})

test('alerts that are kept back can be looked at', () => {
  expect(alertFilter(parseAlertSearch({ status: 'kept_back' })).status).toBe('kept_back')
})

test('nonsense in the address counts as not said', () => {
  expect(parseAlertSearch({ status: 'open', severity: ['high'], page: 9 })).toEqual({})
  expect(parseAlertSearch({ status: '<b>', severity: 7 })).toEqual({})
})

test('the server is asked only for what is filtered', () => {
  const all = alertFilter(parseAlertSearch({ status: 'all' }))
  expect(String(alertSearch(all, undefined))).toBe('limit=50')
  const some = alertFilter(parseAlertSearch({ severity: 'low' }))
  expect(String(alertSearch(some, 'c 1'))).toBe('limit=50&status=open&severity=low&cursor=c+1')
})
