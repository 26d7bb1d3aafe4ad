// npm run bench -- engine: time of one event through the engine on one core, and the size of a profile.
import {
  applyDelta,
  assess,
  createAssessment,
  createDelta,
  createPopulation,
  createProfile,
  decide,
  defaultModels,
  defaultPolicy,
  type EnrichedEvent,
  encodeDelta,
  encodeProfile,
  judge,
  learn,
  type Profile,
  refitMembers,
  rehearse,
} from '../packages/engine/src/index.ts'

const EVENTS = 120_000
const WARM_UP = 40_000
const BATCH = 500

let state = 20_260_105
/** Uniform in [0, 1), the same on every run (mulberry32). */
function chance(): number {
  state = (state + 0x6d2b79f5) | 0
  let t = Math.imul(state ^ (state >>> 15), 1 | state)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
}
const pick = (n: number) => Math.floor(chance() ** 2 * n)

const COUNTRIES = ['DE', 'FR', 'GB', 'US', 'PL', 'ES', 'IT', 'NL']
const SYSTEMS = ['Windows', 'macOS', 'Linux', 'iOS', 'Android']
const BROWSERS = ['Chrome', 'Firefox', 'Safari', 'Edge']

/** One of 800 people, one in three events a sign-in, the others calls of a cloud. */
function makeEvent(i: number): EnrichedEvent {
  const who = pick(800)
  const home = who % COUNTRIES.length
  const away = chance() < 0.02
  const country = COUNTRIES[away ? pick(COUNTRIES.length) : home] ?? 'DE'
  const city = `City ${country} ${away ? pick(20) : who % 12}`
  const asn = 3000 + (away ? pick(400) : (who * 7) % 90)
  const prefix = `10.${asn % 256}.${chance() < 0.8 ? who % 250 : pick(250)}.0/24`
  const time = Date.UTC(2026, 0, 5, 6) + i * 12_000
  const signIn = chance() < 0.34
  const service = `service${(who + pick(6)) % 24}`
  const name = `person${who}@example.com`
  return {
    event: {
      v: 1,
      uid: `e${i}`,
      uid_kind: 'native',
      revision: 0,
      time,
      observed_time: time + 2000,
      source: { vendor: 'bench', product: 'bench', format: 'bench', connector: 'bench' },
      class_uid: signIn ? 3002 : 6003,
      activity_id: 1,
      activity: signIn ? 'sign-in' : 'call',
      status_id: chance() < 0.05 ? 2 : 1,
      actor: { type: 'user', key: `user:${name}`, name },
      src: { ip_kind: 'public', ip: `10.${asn % 256}.${who % 250}.${pick(250)}` },
      ...(signIn
        ? {
            auth: {
              stage: 'primary',
              is_mfa: chance() < 0.5,
              factors: ['password'],
              attempt_uid: `a${i}`,
            },
            device: { uid: `device ${who} ${pick(3)}` },
            app: { name: `app ${pick(9)}` },
          }
        : {
            api: { service, operation: `Get${pick(60)}` },
            cloud: { provider: 'aws', region: `region-${home}` },
            traffic: { bytes_out: Math.floor(2000 * (1 + chance() * 9)) },
            user_agent: 'aws-cli/2.15 Python/3.11',
          }),
    },
    context: {
      place: { country, city, lat: 50 + home, long: 8 + home, provider: 'geoip' },
      network: { prefix, asn, class: 'residential' },
      client: signIn
        ? {
            os: SYSTEMS[who % 5] ?? '',
            os_version: '11',
            browser: BROWSERS[who % 4] ?? '',
            browser_version: String(120 + Math.floor(i / 20_000)),
            kind: 'browser',
          }
        : { kind: 'cli' },
      missing: [],
    },
    entity: { key: `user:${name}`, name, class: 'human' },
  }
}

function quantile(sorted: Float64Array, q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN
}

/** Plays the events through one way of judging; prints median, 99th percentile and mean of the second part. */
function measure(name: string, events: readonly EnrichedEvent[], words: 'numbers' | 'words'): void {
  const population = createPopulation(Uint8Array.from({ length: 16 }, (_, i) => i + 1))
  const profiles = new Map<string, Profile>()
  const out = createAssessment()
  const times = new Float64Array(EVENTS - WARM_UP)
  let delta = createDelta()
  let deltaBytes = 0
  let batches = 0
  let models = defaultModels
  let cpu = process.cpuUsage()
  for (const [i, input] of events.entries()) {
    let profile = profiles.get(input.entity.key)
    if (profile === undefined) {
      profile = createProfile()
      profiles.set(input.entity.key, profile)
    }
    // members are fitted elsewhere; here it is what they cost each event
    if (i === WARM_UP / 2) models = refitMembers(population, models, i)
    const before = performance.now()
    if (words === 'words') {
      judge(input, profile, population, models, defaultPolicy, delta)
    } else {
      assess(input, profile, population, models, out)
      decide(input, out, defaultPolicy)
      rehearse(input, out, profile, population, delta)
      learn(input, out, profile, delta)
    }
    const spent = (performance.now() - before) * 1000
    if (i >= WARM_UP) times[i - WARM_UP] = spent
    if (i === WARM_UP) cpu = process.cpuUsage()
    if ((i + 1) % BATCH === 0) {
      if (i >= WARM_UP) {
        deltaBytes += encodeDelta(delta).length
        batches++
      }
      applyDelta(population, delta)
      delta = createDelta()
    }
  }
  if (models.members.length < 2) throw new Error('the members of the ensemble were not fitted')
  // processor time does not count what other programs took of the core
  const { user, system } = process.cpuUsage(cpu)
  const busy = (user + system) / times.length
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length
  times.sort()
  const sizes = Float64Array.from(
    profiles.values(),
    (profile) => encodeProfile(profile).length,
  ).sort()
  console.log(
    `${name}: mean ${mean.toFixed(1)} us (processor, with deltas: ${busy.toFixed(1)} us), p50 ${quantile(times, 0.5).toFixed(1)} us, p99 ${quantile(times, 0.99).toFixed(1)} us an event`,
  )
  console.log(
    `  profile: median ${quantile(sizes, 0.5)} bytes, largest ${sizes.at(-1)} bytes; delta of ${BATCH} events: ${Math.round(deltaBytes / batches)} bytes`,
  )
}

const events = Array.from({ length: EVENTS }, (_, i) => makeEvent(i))
measure('assess + decide + learn', events, 'numbers')
measure('judge (with words)', events, 'words')
