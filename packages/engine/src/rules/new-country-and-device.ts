import { signsIn } from './egress.ts'
import { found, type Rule } from './rule.ts'

/** One nat: both novelties are already surprise terms; what the rule adds is that they come together. */
export const newCountryAndDevice: Rule = {
  code: 'new_country_and_device',
  title: 'New country and new device together',
  kinds: ['authentication'],
  techniques: ['T1078'],
  severity: 'medium',
  points: 1,
  why: 'People meet a new country with the device they carry, and a new device in a place they know. Both at once is how a stolen password is used.',
  falsePositives:
    'A trip on which somebody signs in at a borrowed computer, a private browser window abroad, a new phone bought on the way.',
  runbook:
    'Ask the person whether they travel and whose device it was. Check what the session did, above all changes of password, factors and recovery addresses.',
  sentence: (facts) => `first sign-in from ${facts.country}, and on a device not seen before`,
  when({ input, signals }) {
    if (signals.newCountry !== true || signals.newDevice !== true || !(signals.history >= 5))
      return null
    if (!signsIn(input)) return null
    return found(newCountryAndDevice, { country: input.context.place?.country ?? 'a new country' })
  },
  examples: {
    hit: [
      {
        name: 'an unknown device in a country never visited',
        context: { place: { country: 'VN', provider: 'geoip' } },
        signals: { newCountry: true, newDevice: true },
        needs: ['newCountry', 'newDevice', 'history'],
      },
    ],
    miss: [
      { name: 'the own laptop on a first trip', signals: { newCountry: true, newDevice: false } },
      { name: 'a new phone at home', signals: { newCountry: false, newDevice: true } },
      {
        name: 'the second sign-in ever',
        signals: { newCountry: true, newDevice: true, history: 1 },
      },
      {
        name: 'an attempt that failed',
        event: { status_id: 2 },
        signals: { newCountry: true, newDevice: true },
      },
    ],
  },
}
