import { expect, test } from 'vitest'
import type { IncidentRow } from './measure-campaigns.ts'
import { measureIncidents } from './measure-incidents.ts'

const HOUR = 3_600_000
const NOWHERE = {
  from: undefined,
  isSignIn: true,
  range: undefined,
  isNewRange: false,
  wave: undefined,
}
const HERE = { ...NOWHERE, from: 'AS1', range: '203.0.113.0/24', isNewRange: true }

function row(
  hour: number,
  who: number,
  group: string | null,
  more: Partial<IncidentRow> = {},
): IncidentRow {
  const entity = `user:${who}`
  const truth = { label: 'password_spray' as const, victim: entity, campaign: 'one' }
  const isCampaign = group?.startsWith('campaign:') === true
  const where = { isSuccess: false, belonging: NOWHERE, truth }
  return { time: hour * HOUR, entity, group, isCampaign, ...where, ...more }
}

test('alerts of one identity within a day of each other are one incident', () => {
  const rows = [row(0, 1, 'a:1'), row(1, 1, 'b:1'), row(2, 1, 'a:1'), row(40, 1, 'a:1')]
  expect(measureIncidents(rows, 2, 500)).toEqual({
    alertsPerDayPer1000: 3,
    incidentsPerDayPer1000: 2,
    attacks: 1,
    inOne: 0,
  })
})

test('what follows where a campaign got in is its incident, what follows elsewhere is not', () => {
  const spray = [1, 2, 3].map((who) => row(who, who, 'campaign:x', { isSuccess: who === 3 }))
  const inside = [...spray, row(9, 3, 'takeover:3')]
  expect(measureIncidents(inside, 1, 1000)).toMatchObject({ attacks: 1, inOne: 1 })
  const beside = [...spray, row(9, 2, 'takeover:2')]
  expect(measureIncidents(beside, 1, 1000)).toMatchObject({ attacks: 1, inOne: 0 })
})

test('what raised nothing counts for nothing, and what is benign is no attack', () => {
  const benign = { label: 'benign' as const, victim: 'user:1', campaign: 'user:1' }
  const rows = [row(0, 1, null), row(1, 2, 'a:2', { truth: benign })]
  expect(measureIncidents(rows, 1, 1000)).toEqual({
    alertsPerDayPer1000: 1,
    incidentsPerDayPer1000: 1,
    attacks: 0,
    inOne: 0,
  })
})

test('whoever returns within a week out of the same network goes on with the same incident, who comes from elsewhere does not', () => {
  const back = [row(0, 1, 'a:1', { belonging: HERE }), row(90, 1, 'b:1', { belonging: HERE })]
  expect(measureIncidents(back, 1, 1000)).toMatchObject({ incidentsPerDayPer1000: 1, inOne: 1 })
  const elsewhere = [back[0] ?? row(0, 1, null), row(90, 1, 'b:1')]
  expect(measureIncidents(elsewhere, 1, 1000)).toMatchObject({ incidentsPerDayPer1000: 2 })
  const sprays = [0, 60].map((hour) =>
    row(hour, hour, `campaign:${hour}`, { belonging: { ...HERE, range: `10.0.${hour}.0/24` } }),
  )
  expect(measureIncidents(sprays, 1, 1000)).toMatchObject({ incidentsPerDayPer1000: 1, inOne: 1 })
})

test('one address range that is new to each of several credentials leads to one intruder, a known one to nobody', () => {
  const chain = [1, 2, 3].map((who) =>
    row(who, who, `session:${who}`, { belonging: { ...HERE, isSignIn: false } }),
  )
  expect(measureIncidents(chain, 1, 1000)).toMatchObject({ incidentsPerDayPer1000: 1, inOne: 1 })
  const office = [1, 2, 3].map((who) =>
    row(who, who, `unusual:sign-in:${who}`, { belonging: { ...HERE, isNewRange: false } }),
  )
  expect(measureIncidents(office, 1, 1000)).toMatchObject({ incidentsPerDayPer1000: 3 })
})

test('a stranger who gets in while a campaign is under way belongs to it', () => {
  const spray = [1, 2, 3].map((who) => row(who, who, 'campaign:x'))
  const inside = row(4, 9, 'impossible_travel:9', {
    belonging: { ...HERE, wave: 'campaign:x' },
    isSuccess: true,
  })
  expect(measureIncidents([...spray, inside], 1, 1000)).toMatchObject({ attacks: 1, inOne: 1 })
})
