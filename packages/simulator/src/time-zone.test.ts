import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CITIES } from './geography.ts'
import { localTime, zoneOffset } from './time-zone.ts'

const zones = [...new Set(CITIES.map((city) => city.zone))]
const formats = new Map(
  zones.map((zone) => [
    zone,
    new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' }),
  ]),
)

function offsetByIntl(zone: string, time: number): number {
  const parts = formats.get(zone)?.formatToParts(time) ?? []
  const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? ''
  const match = /GMT([+-])(\d\d):(\d\d)/.exec(name)
  if (match === null) return 0
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]))
}

test('offsets agree with the platform for every zone, summer time included', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: Date.UTC(2023, 0, 1), max: Date.UTC(2031, 0, 1) }),
      (zone, time) => {
        expect(zoneOffset(zone, time)).toBe(offsetByIntl(zone, time))
      },
    ),
    { numRuns: 3000 },
  )
})

test('nine in the morning is nine on the wall, in winter and in summer', () => {
  const winter = Date.UTC(2026, 0, 15) / 86_400_000
  const summer = Date.UTC(2026, 6, 15) / 86_400_000
  expect(new Date(localTime('Europe/Stockholm', winter, 9)).getUTCHours()).toBe(8)
  expect(new Date(localTime('Europe/Stockholm', summer, 9)).getUTCHours()).toBe(7)
})

test('an unknown zone is refused by name', () => {
  expect(() => zoneOffset('Mars/Olympus', 0)).toThrow('Mars/Olympus')
})
