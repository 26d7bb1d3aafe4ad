import { leavesElsewhere, signsIn } from './egress.ts'
import { found, type Rule } from './rule.ts'

/** Speeds from here on (km/h) say no more than that no time passed. */
const FASTEST_TOLD = 20_000

/** Two nats: the surprise of a new place is already in the score; the rule adds that nobody can have travelled. */
export const impossibleTravel: Rule = {
  code: 'impossible_travel',
  title: 'Impossible travel',
  kinds: ['authentication'],
  techniques: ['T1078'],
  severity: 'high',
  points: 2,
  why: 'Two sign-ins lie further apart than an airliner covers in the time between, even if both places are as wrong as they may be: somebody else uses the account.',
  falsePositives:
    'An unlisted VPN or proxy exit, a network that leaves the internet in another country, a wrong entry in the address database. Hosting, VPN, proxy and satellite addresses are left out, and so are networks and machines the identity has used before and identities that appear to jump regularly.',
  runbook:
    'Ask the person where they are. Look at both networks: is one a company or VPN exit? Compare the devices of both sign-ins. If nobody can explain it, end the sessions, reset the credentials and read what the later session did.',
  sentence: ({ km, kmh }) =>
    Number(kmh) >= FASTEST_TOLD
      ? `${km} km from the last place in no time`
      : `${km} km from the last place, at least ${kmh} km/h after taking off both uncertainties`,
  when(input) {
    const { travel, travelRate, newAsn, newDevice, newOs, newBrowser } = input.signals
    if (travel === null || !(travel.min_distance_km > 500) || !(travel.speed_kmh > 900)) return null
    // a network this identity has used before is its own, wherever the database puts it
    if (newAsn === false) return null
    // the own machine far away is a tunnel or a roaming line; a stolen cookie comes on another system or browser
    if (newDevice === false && newOs !== true && newBrowser !== true) return null
    if (!(travelRate < 0.1) || !signsIn(input.input) || leavesElsewhere(input.input)) return null
    return found(impossibleTravel, {
      km: Math.round(travel.distance_km),
      kmh: Math.round(Math.min(travel.speed_kmh, FASTEST_TOLD)),
    })
  },
  examples: {
    hit: [
      {
        name: 'Lisbon an hour after Tokyo, both on home networks',
        signals: {
          travel: leg(11_100, 10_900, 10_900),
          travelRate: 0,
          newAsn: true,
          newDevice: true,
        },
        needs: ['travel', 'travelRate'],
      },
      {
        name: "the victim's cookie, on another browser than the victim's",
        signals: {
          travel: leg(11_100, 10_900, 10_900),
          newAsn: true,
          newDevice: false,
          newBrowser: true,
        },
      },
    ],
    miss: [
      {
        name: 'the own laptop, through a tunnel that no list knows',
        signals: {
          travel: leg(11_100, 10_900, 10_900),
          newAsn: true,
          newDevice: false,
          newOs: false,
          newBrowser: false,
        },
      },
      {
        name: 'back on the home network after a detour through an unlisted exit',
        signals: { travel: leg(11_100, 10_900, 10_900), newAsn: false },
      },
      {
        name: 'a flight of eleven hours',
        signals: { travel: leg(9_500, 9_300, 845), newAsn: true },
      },
      {
        name: 'a carrier that places a phone in another city',
        signals: { travel: leg(420, 0, 0), newAsn: true },
      },
      {
        name: 'the far place is a VPN exit',
        context: { network: { prefix: '198.51.100.0/24', class: 'vpn' } },
        signals: { travel: leg(11_100, 10_900, 10_900), newAsn: true },
      },
      {
        name: 'somebody whose company exit makes them jump every week',
        signals: { travel: leg(11_100, 10_900, 10_900), travelRate: 0.2, newAsn: true },
      },
      {
        name: 'the phone that confirms a prompt is elsewhere',
        event: { auth: { stage: 'mfa' } },
        signals: { travel: leg(11_100, 10_900, 10_900), newAsn: true },
      },
    ],
  },
}

function leg(distance_km: number, min_distance_km: number, speed_kmh: number) {
  return {
    from: { lat: 35.7, long: 139.7, city: 'Tokyo', country: 'JP', time: 1_750_000_000_000 },
    to: { lat: 38.7, long: -9.1, city: 'Lisbon', country: 'PT', time: 1_750_003_600_000 },
    distance_km,
    min_distance_km,
    speed_kmh,
  }
}
