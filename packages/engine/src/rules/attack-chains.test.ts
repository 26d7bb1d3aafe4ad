import { describe, expect, test } from 'vitest'
import { effectsOf } from '../effects.ts'
import { createSession } from '../profile/session.ts'
import { call, MONDAY } from '../testing/lives.ts'
import { advanceChains, chains, classesOf } from './attack-chains.ts'

/** Plays operations one after the other and gives the codes of the chains that each completes. */
function play(
  steps: readonly Step[],
  newAction: boolean | null = true,
  strangeness = 6,
): string[][] {
  const session = createSession()
  return steps.map((step) => {
    const [operation, change] = typeof step === 'string' ? [step, {}] : step
    const input = call(MONDAY, operation, { event: change })
    advanceChains(input.event, effectsOf(input), { newAction }, session, strangeness)
    return chains.filter((_, i) => (session.completed >>> i) & 1).map(({ code }) => code)
  })
}
type Step = string | readonly [operation: string, change: Partial<ReturnType<typeof call>['event']>]

const RAISED: Step = ['AttachUserPolicy', { change: ['grants_admin'] }]
const SHARED: Step = ['ModifySnapshotAttribute', { change: ['shares_outside'] }]

describe('a chain of actions', () => {
  test.each<[string, Step[]]>([
    ['back_door_identity', ['CreateUser', 'AttachUserPolicy', 'CreateAccessKey']],
    ['back_door_identity', ['CreateUser', 'CreateAccessKey', 'AttachUserPolicy']],
    ['rights_raised_and_used', ['GetAccountAuthorizationDetails', RAISED, 'GetSecretValue']],
    ['role_handed_to_code', ['PassRole', 'CreateFunction20150331', 'Invoke']],
    ['watch_off_then_act', ['StopLogging', 'DeleteDBInstance']],
    ['copied_and_shared_out', ['CreateSnapshot', SHARED]],
    ['trust_changed_and_role_taken', ['UpdateAssumeRolePolicy', 'AssumeRole']],
  ])('%s is completed by its last step', (code, steps) => {
    const completed = play(steps)
    expect(completed.at(-1)).toContain(code)
    expect(completed.slice(0, -1).flat()).not.toContain(code)
  })

  test('takes other actions in between', () => {
    const steps: Step[] = ['CreateSnapshot', 'ListBuckets', 'GetObject', SHARED]
    expect(play(steps).at(-1)).toContain('copied_and_shared_out')
  })

  test('is not completed out of order, by a refusal, or by what somebody does every day', () => {
    expect(play([SHARED, 'CreateSnapshot']).flat()).toEqual([])
    expect(play(['StopLogging', ['DeleteDBInstance', { status_id: 2 }]]).flat()).toEqual([])
    expect(play(['StopLogging', 'DeleteDBInstance'], false).flat()).toEqual([])
    expect(play(['StopLogging', 'DeleteDBInstance'], null).flat()).toEqual([])
  })

  test('is an administrator at work where nothing about the session is strange, but for a copy that leaves', () => {
    for (const strangeness of [0, 3.9, Number.NaN]) {
      expect(play(['StopLogging', 'DeleteDBInstance'], true, strangeness).flat()).toEqual([])
      const account = ['CreateUser', 'AttachUserPolicy', 'CreateAccessKey']
      expect(play(account, true, strangeness).flat()).toEqual([])
      expect(play(['CreateSnapshot', SHARED], true, strangeness).flat()).toEqual([
        'copied_and_shared_out',
      ])
    }
  })

  test('starts again once completed', () => {
    const twice = play(['CreateSnapshot', SHARED, SHARED, 'CreateSnapshot', SHARED])
    expect(twice.map((codes) => codes.includes('copied_and_shared_out'))).toEqual([
      false,
      true,
      false,
      false,
      true,
    ])
  })

  test('has an example for every chain, and at most eight fit', () => {
    expect(chains.length).toBeLessThanOrEqual(8)
    for (const chain of chains) expect(chain.example.length).toBe(chain.steps.length)
    expect(chains.every(({ steps }) => steps.length < 16)).toBe(true)
  })

  test('sees nothing in ordinary work', () => {
    const input = call(MONDAY, 'GetObject')
    expect(classesOf(input.event, effectsOf(input))).toBe(0)
  })
})
