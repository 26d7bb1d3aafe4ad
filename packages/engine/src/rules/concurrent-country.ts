import { leavesElsewhere, signsIn } from './egress.ts'
import { found, type Rule } from './rule.ts'

/** One nat: common enough among travellers and phones on two networks that it only supports other evidence. */
export const concurrentCountry: Rule = {
  code: 'concurrent_country',
  title: 'Sign-in from another country than the running session',
  kinds: ['authentication'],
  techniques: ['T1078', 'T1539'],
  severity: 'medium',
  points: 1,
  why: 'The account is in use in one country while somebody signs in from another: a stolen password or a relayed session looks like this.',
  falsePositives:
    'A border crossing, a phone that roams through its home network, a private relay, a work computer behind a company exit.',
  runbook:
    'Compare device and network of both sessions. Ask the person whether both are theirs. If not, end all sessions and reset the credentials.',
  sentence: ({ country, running, hours }) =>
    `signed in from ${country} while a session from ${running} was used ${Number(hours) < 0.1 ? 'minutes' : `${hours} h`} ago`,
  when({ input, signals }) {
    const running = signals.runningSessionCountry
    const country = input.context.place?.country
    if (running === null || country === undefined || country === running) return null
    if (signals.newAsn === false) return null
    if (!(signals.runningSessionHours <= 6) || !(signals.travelRate < 0.1)) return null
    if (!signsIn(input) || leavesElsewhere(input)) return null
    // neighbours across a border, and a train or flight that had the time, are not two people
    const { travel } = signals
    if (travel === null || !(travel.min_distance_km > 300) || !(travel.speed_kmh > 300)) return null
    return found(concurrentCountry, {
      country,
      running,
      hours: Math.round(signals.runningSessionHours * 10) / 10,
    })
  },
  examples: {
    hit: [
      {
        name: 'Brazil, while the session in Germany was used two hours ago',
        context: { place: { country: 'BR', provider: 'geoip' } },
        signals: {
          runningSessionCountry: 'DE',
          runningSessionHours: 2,
          travel: leg(4_900),
          newAsn: true,
        },
        needs: ['runningSessionCountry', 'runningSessionHours', 'travel', 'travelRate'],
      },
    ],
    miss: [
      {
        name: 'the phone on its home carrier, abroad on other networks',
        context: { place: { country: 'BR', provider: 'geoip' } },
        signals: {
          runningSessionCountry: 'DE',
          runningSessionHours: 2,
          travel: leg(4_900),
          newAsn: false,
        },
      },
      {
        name: 'the same country',
        context: { place: { country: 'DE', provider: 'geoip' } },
        signals: {
          runningSessionCountry: 'DE',
          runningSessionHours: 2,
          travel: leg(4_900),
          newAsn: true,
        },
      },
      {
        name: 'a flight had the time',
        context: { place: { country: 'ES', provider: 'geoip' } },
        signals: {
          runningSessionCountry: 'DE',
          runningSessionHours: 5.5,
          travel: leg(250),
          newAsn: true,
        },
      },
      {
        name: 'a proxy exit in another country',
        context: {
          place: { country: 'BR', provider: 'geoip' },
          network: { prefix: '198.51.100.0/24', class: 'proxy' },
        },
        signals: {
          runningSessionCountry: 'DE',
          runningSessionHours: 2,
          travel: leg(4_900),
          newAsn: true,
        },
      },
    ],
  },
}

function leg(speed_kmh: number) {
  return {
    from: { lat: 52.5, long: 13.4, country: 'DE', time: 1_750_000_000_000 },
    to: { lat: -23.5, long: -46.6, country: 'BR', time: 1_750_007_200_000 },
    distance_km: 10_200,
    min_distance_km: 9_800,
    speed_kmh,
  }
}
