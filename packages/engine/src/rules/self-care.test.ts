import { expect, test } from 'vitest'
import { call, MONDAY, person } from '../testing/lives.ts'
import { selfCare } from './self-care.ts'

const of = (activity: string, event = {}) =>
  selfCare(call(MONDAY, activity, { ...person(1), event: { ...person(1).event, ...event } }))

test('a change of the own factors or password is known by class and activity, or by the vendor\u2019s name', () => {
  expect(of('user.mfa.factor.activate')).toBe('factor')
  expect(of('User registered security info')).toBe('factor')
  expect(of('EnableMFADevice')).toBe('factor')
  expect(of('anything', { class_uid: 3001, activity_id: 11 })).toBe('factor')
  expect(of('user.account.update_password')).toBe('password')
  expect(of('anything', { class_uid: 3001, activity_id: 3 })).toBe('password')
})

test('what failed, is done to another, or is something else is none', () => {
  expect(of('user.mfa.factor.activate', { status_id: 2 })).toBeNull()
  expect(of('user.account.reset_password', { target: { key: 'user:another' } })).toBeNull()
  expect(of('GetObject')).toBeNull()
})
