import { expect, test } from 'vitest'
import { type IncidentRow, measureCampaigns } from './measure-campaigns.ts'

const HOUR = 3_600_000
const NOWHERE = {
  from: undefined,
  isSignIn: true,
  range: undefined,
  isNewRange: false,
  wave: undefined,
}

function row(hour: number, who: number, part: Partial<IncidentRow> = {}): IncidentRow {
  const entity = `user:${who}`
  const truth = { label: 'password_spray' as const, victim: entity, campaign: 'one' }
  return {
    time: hour * HOUR,
    entity,
    group: null,
    isCampaign: false,
    isSuccess: false,
    belonging: NOWHERE,
    truth,
    ...part,
  }
}

const caught = { group: 'spray:a', isCampaign: true }

test('a campaign whose later half raises one alert is one incident, found after half of its events', () => {
  const rows = Array.from({ length: 10 }, (_, i) => row(i, i, i < 5 ? {} : caught))
  expect(measureCampaigns(rows, 1, 1000).byType).toEqual({
    password_spray: { campaigns: 1, found: 1, incidents: 1, passedBefore: 0.5 },
  })
})

test('the same group a day and more later is another incident, and another group is too', () => {
  const rows = [0, 1, 30, 31, 32].map((hour, i) => row(hour, i, caught))
  const other = row(33, 7, { group: 'spray:b', isCampaign: true })
  expect(measureCampaigns([...rows, other], 2, 1000).byType.password_spray?.incidents).toBe(3)
})

test('an alert of one account does not make a campaign found, and a takeover of one is no campaign', () => {
  const rows = Array.from({ length: 6 }, (_, i) => row(i, i, { group: `unusual:${i}` }))
  expect(measureCampaigns(rows, 1, 1000).byType.password_spray).toMatchObject({
    campaigns: 1,
    found: 0,
  })
  expect(measureCampaigns([row(0, 1), row(1, 1)], 1, 1000).byType).toEqual({})
})

test('alerts that hold nothing of an attacker are counted a day and thousand people', () => {
  const benign = { label: 'benign' as const, victim: 'user:1', campaign: 'user:1' }
  const rows = [0, 3, 60].map((hour) => row(hour, 1, { ...caught, truth: benign }))
  const result = measureCampaigns([...rows, row(61, 2, { group: 'unusual:2' })], 4, 500)
  expect(result).toMatchObject({ falseIncidents: 2, incidents: 2, falseAlertsPerDayPer1000: 1 })
  expect(result.falseShare).toBeCloseTo(2 / 3)
})
