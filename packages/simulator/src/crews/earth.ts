const DAY = 86_400_000
const HOUR = 3_600_000

/** A clock: IANA name, standard offset from UTC in minutes, and whose rule for summer time it keeps. */
export interface Zone {
  readonly name: string
  readonly offset: number
  readonly summer: 'europe' | 'america' | 'none'
}

/** A town with its clock. `size` is relative, about millions of people. */
export interface Town {
  readonly name: string
  readonly region: string
  readonly country: string
  readonly lat: number
  readonly long: number
  readonly size: number
  readonly zone: Zone
}

type Row = readonly [name: string, region: string, lat: number, long: number, size: number]

const zone = (name: string, offset: number, summer: Zone['summer']): Zone => ({
  name,
  offset,
  summer,
})

/** Positions and sizes rounded from public gazetteers (GeoNames, CC BY 4.0). */
const COUNTRIES: readonly (readonly [string, Zone, readonly Row[]])[] = [
  [
    'GB',
    zone('Europe/London', 0, 'europe'),
    [
      ['Manchester', 'Greater Manchester', 53.48, -2.24, 2.8],
      ['Leeds', 'West Yorkshire', 53.8, -1.55, 1.9],
      ['Bristol', 'Bristol', 51.45, -2.59, 0.9],
      ['Glasgow', 'Scotland', 55.86, -4.25, 1.7],
      ['Cardiff', 'Wales', 51.48, -3.18, 0.5],
    ],
  ],
  [
    'IE',
    zone('Europe/Dublin', 0, 'europe'),
    [
      ['Cork', 'Munster', 51.9, -8.47, 0.3],
      ['Dublin', 'Leinster', 53.35, -6.26, 1.3],
    ],
  ],
  [
    'NL',
    zone('Europe/Amsterdam', 60, 'europe'),
    [
      ['Utrecht', 'Utrecht', 52.09, 5.12, 0.7],
      ['Rotterdam', 'South Holland', 51.92, 4.48, 1.2],
      ['Eindhoven', 'North Brabant', 51.44, 5.48, 0.5],
    ],
  ],
  [
    'ES',
    zone('Europe/Madrid', 60, 'europe'),
    [
      ['Valencia', 'Valencia', 39.47, -0.38, 1.6],
      ['Sevilla', 'Andalusia', 37.39, -5.98, 1.3],
      ['Bilbao', 'Basque Country', 43.26, -2.93, 0.9],
    ],
  ],
  [
    'PT',
    zone('Europe/Lisbon', 0, 'europe'),
    [
      ['Porto', 'Norte', 41.15, -8.61, 1.3],
      ['Braga', 'Norte', 41.55, -8.42, 0.2],
    ],
  ],
  [
    'PL',
    zone('Europe/Warsaw', 60, 'europe'),
    [
      ['Krakow', 'Lesser Poland', 50.06, 19.94, 1.1],
      ['Wroclaw', 'Lower Silesia', 51.11, 17.04, 0.8],
      ['Gdansk', 'Pomerania', 54.35, 18.65, 0.7],
    ],
  ],
  ['RO', zone('Europe/Bucharest', 120, 'europe'), [['Cluj-Napoca', 'Cluj', 46.77, 23.6, 0.4]]],
  ['CZ', zone('Europe/Prague', 60, 'europe'), [['Brno', 'South Moravia', 49.2, 16.61, 0.7]]],
  [
    'US',
    zone('America/Chicago', -360, 'america'),
    [
      ['Minneapolis', 'Minnesota', 44.98, -93.27, 2.9],
      ['Kansas City', 'Missouri', 39.1, -94.58, 1.7],
      ['Austin', 'Texas', 30.27, -97.74, 1.9],
    ],
  ],
  [
    'CA',
    zone('America/Toronto', -300, 'america'),
    [
      ['Ottawa', 'Ontario', 45.42, -75.7, 1.3],
      ['Hamilton', 'Ontario', 43.26, -79.87, 0.7],
    ],
  ],
  ['MX', zone('America/Monterrey', -360, 'none'), [['Monterrey', 'Nuevo Leon', 25.67, -100.31, 5]]],
  ['ZA', zone('Africa/Johannesburg', 120, 'none'), [['Durban', 'KwaZulu-Natal', -29.86, 31.03, 3]]],
  ['KE', zone('Africa/Nairobi', 180, 'none'), [['Nairobi', 'Nairobi', -1.29, 36.82, 5]]],
  [
    'IN',
    zone('Asia/Kolkata', 330, 'none'),
    [
      ['Pune', 'Maharashtra', 18.52, 73.86, 6],
      ['Kochi', 'Kerala', 9.93, 76.27, 2],
    ],
  ],
  ['PH', zone('Asia/Manila', 480, 'none'), [['Cebu', 'Central Visayas', 10.32, 123.89, 3]]],
  ['AE', zone('Asia/Dubai', 240, 'none'), [['Sharjah', 'Sharjah', 25.35, 55.42, 1.8]]],
]

/** Every town, by country. */
export const TOWNS: ReadonlyMap<string, readonly Town[]> = new Map(
  COUNTRIES.map(([country, clock, rows]) => [
    country,
    rows.map(([name, region, lat, long, size]) => ({
      name,
      region,
      country,
      lat,
      long,
      size,
      zone: clock,
    })),
  ]),
)

/** The n-th weekday (0 Sunday) of a month, as ms UTC at its midnight; n = -1: the last. */
function nthWeekday(year: number, month: number, weekday: number, n: number): number {
  if (n > 0) {
    const first = Date.UTC(year, month, 1)
    const shift = (weekday - new Date(first).getUTCDay() + 7) % 7
    return first + (shift + 7 * (n - 1)) * DAY
  }
  const last = Date.UTC(year, month + 1, 0)
  return last - ((new Date(last).getUTCDay() - weekday + 7) % 7) * DAY
}

/** Offset from UTC in minutes at an instant (Europe: last Sundays of March and October at 01:00 UTC; America: second of March, first of November at 02:00). */
function offsetAt(zone: Zone, time: number): number {
  if (zone.summer === 'none') return zone.offset
  const year = new Date(time).getUTCFullYear()
  const [from, to] =
    zone.summer === 'europe'
      ? [nthWeekday(year, 2, 0, -1) + HOUR, nthWeekday(year, 9, 0, -1) + HOUR]
      : [
          nthWeekday(year, 2, 0, 2) + 2 * HOUR - zone.offset * 60_000,
          nthWeekday(year, 10, 0, 1) + HOUR - zone.offset * 60_000,
        ]
  return zone.offset + (time >= from && time < to ? 60 : 0)
}

/** The instant (ms UTC) of a wall-clock time, in hours (may pass 24) of a local date given as days since 1970. */
export function wallTime(zone: Zone, day: number, hours: number): number {
  const naive = day * DAY + Math.floor(hours * HOUR)
  return naive - offsetAt(zone, naive - zone.offset * 60_000) * 60_000
}
