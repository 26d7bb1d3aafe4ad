import { hash, type Random, unit } from './random.ts'

/** The operating systems and browsers people use here. */
export type OsFamily = 'windows' | 'macos' | 'linux' | 'ios' | 'android'
export type BrowserFamily = 'chrome' | 'edge' | 'firefox' | 'safari'

/** One device. What it runs at an instant follows from its seed and the date. */
export interface DeviceHabit {
  readonly seed: number
  readonly kind: 'desktop' | 'mobile' | 'tablet'
  readonly os: OsFamily
  readonly browser: BrowserFamily
  /** Days after a release until this device runs it. */
  readonly lagDays: number
  /** Days for which a device cookie lives; 0: never kept (private browsing). */
  readonly cookieDays: number
  /** A fixed identifier instead of a cookie's. */
  readonly uid?: string
}

/** What a server sees of a client. */
export interface Client {
  readonly userAgent: string
  readonly os: string
  readonly browser: string
  readonly kind: 'desktop' | 'mobile' | 'tablet'
}

const DAY = 86_400_000
/** Release calendars: Chrome 133 and Firefox 135 came on 2025-02-04; both publish a major version every four weeks. */
const RELEASE_EPOCH = Date.UTC(2025, 1, 4)
const RELEASE_EVERY = 28 * DAY
/** Share of devices by operating system for computers and phones (orders of magnitude of public usage counters). */
const COMPUTERS: readonly (readonly [OsFamily, number])[] = [
  ['windows', 0.66],
  ['macos', 0.28],
  ['linux', 0.06],
]
const PHONES: readonly (readonly [OsFamily, number])[] = [
  ['ios', 0.45],
  ['android', 0.55],
]
const BROWSERS: Readonly<Record<OsFamily, readonly (readonly [BrowserFamily, number])[]>> = {
  windows: [
    ['chrome', 0.58],
    ['edge', 0.35],
    ['firefox', 0.07],
  ],
  macos: [
    ['chrome', 0.6],
    ['safari', 0.33],
    ['firefox', 0.07],
  ],
  linux: [
    ['chrome', 0.55],
    ['firefox', 0.45],
  ],
  ios: [
    ['safari', 0.85],
    ['chrome', 0.15],
  ],
  android: [
    ['chrome', 0.94],
    ['firefox', 0.06],
  ],
}

function choose<T>(table: readonly (readonly [T, number])[], at: number): T {
  let left = at
  for (const [value, share] of table) {
    left -= share
    if (left < 0) return value
  }
  const last = table.at(-1)
  if (last === undefined) throw new Error('an empty table has no choice')
  return last[0]
}

/** A device drawn from the population's mix. */
export function drawDevice(random: Random, kind: DeviceHabit['kind']): DeviceHabit {
  const os = choose(kind === 'desktop' ? COMPUTERS : PHONES, random.next())
  return {
    seed: random.int(2 ** 31),
    kind,
    os,
    browser: choose(BROWSERS[os], random.next()),
    lagDays: random.exponential(random.chance(0.12) ? 60 : 6),
    // Phones sign in through apps, which keep their identifier longer than a browser its cookies.
    cookieDays: random.chance(0.06) ? 0 : random.lognormal(kind === 'desktop' ? 150 : 300, 0.8),
  }
}

/** How often this device has been replaced (about every 30 months) by an instant, ms UTC. */
function generation(device: DeviceHabit, time: number): number {
  if (device.uid !== undefined) return 0
  const every = (700 + (device.seed % 500)) * DAY
  return Math.floor((time + (hash(device.seed, 1) % 1200) * DAY) / every)
}

/** The device identifier a server would see: a cookie's or an agent's, renewed when cookies are lost. */
export function deviceUid(device: DeviceHabit, time: number, random: Random): string {
  if (device.uid !== undefined) return device.uid
  if (device.cookieDays === 0) return cookie(random.int(2 ** 31), random.int(2 ** 31))
  const { identifier, generation } = identifierOf(device, time)
  return cookie(device.seed, hash(identifier, generation))
}

/** Which of its identifiers a device shows at an instant, and the how-manieth machine of its owner's it is by then. */
export function identifierOf(device: DeviceHabit, time: number) {
  const lifetimes = device.uid !== undefined ? 0 : time / DAY / device.cookieDays
  return {
    identifier: Math.floor(lifetimes + unit(device.seed, 2)),
    generation: generation(device, time),
  }
}

function cookie(a: number, b: number): string {
  const half = (value: number) => hash(a, b, value).toString(16).padStart(8, '0')
  return `dv-${half(1)}${half(2)}`
}

const cache = new Map<string, Client>()

/** What a device runs at an instant: releases adopted at its own lag, systems upgraded, devices replaced. */
export function clientOf(device: DeviceHabit, time: number): Client {
  const age = device.lagDays * DAY
  const release = Math.floor((time - age - RELEASE_EPOCH) / RELEASE_EVERY)
  const system = systemVersion(device, time)
  const name = `${device.os} ${device.browser} ${system} ${release} ${device.kind}`
  let client = cache.get(name)
  if (client === undefined) {
    client = describe(device, release, system)
    if (cache.size > 20_000) cache.clear()
    cache.set(name, client)
  }
  return client
}

/** Version of the operating system, in its family's own counting. */
function systemVersion(device: DeviceHabit, time: number): string {
  const gen = generation(device, time)
  const lag = (device.lagDays * 2 + (hash(device.seed, 3) % 60)) * DAY
  const months = Math.floor((time - lag - Date.UTC(2024, 8, 16)) / (45 * DAY))
  if (device.os === 'windows') {
    const late = unit(device.seed, 4, gen) < 0.25
    return late && time < Date.UTC(2026, 0, 1) ? '10' : '11'
  }
  if (device.os === 'linux') return unit(device.seed, 5) < 0.7 ? 'Ubuntu' : 'Fedora'
  if (device.os === 'android') return String(12 + Math.min(4, (hash(device.seed, 6) + gen) % 5))
  // Apple: a major version every September (18 and 15 in 2024, numbered by year since 2025), eight minor steps between.
  const step = Math.max(0, months)
  const year = Math.floor(step / 8)
  const major = device.os === 'ios' ? [18, 26, 27, 28][year] : [15, 26, 27, 28][year]
  return `${major ?? 28}.${step % 8}`
}

function describe(device: DeviceHabit, release: number, system: string): Client {
  const chrome = 133 + release
  const firefox = 135 + release
  const kind = device.kind
  if (device.os === 'ios') {
    const token = `CPU ${kind === 'tablet' ? 'OS' : 'iPhone OS'} ${system.replace('.', '_')} like Mac OS X`
    const what = kind === 'tablet' ? 'iPad' : 'iPhone'
    const os = `${kind === 'tablet' ? 'iPadOS' : 'iOS'} ${system}`
    if (device.browser === 'chrome')
      return {
        userAgent: `Mozilla/5.0 (${what}; ${token}) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/${chrome}.0.0.0 Mobile/15E148 Safari/604.1`,
        os,
        browser: `Chrome ${chrome}`,
        kind,
      }
    return {
      userAgent: `Mozilla/5.0 (${what}; ${token}) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${system} Mobile/15E148 Safari/604.1`,
      os,
      browser: `Safari ${system}`,
      kind,
    }
  }
  if (device.os === 'android') {
    const os = `Android ${system}`
    if (device.browser === 'firefox')
      return {
        userAgent: `Mozilla/5.0 (Android ${system}; Mobile; rv:${firefox}.0) Gecko/${firefox}.0 Firefox/${firefox}.0`,
        os,
        browser: `Firefox ${firefox}`,
        kind,
      }
    return {
      userAgent: `Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${chrome}.0.0.0 Mobile Safari/537.36`,
      os,
      browser: `Chrome ${chrome}`,
      kind,
    }
  }
  const platform = {
    windows: 'Windows NT 10.0; Win64; x64',
    macos: 'Macintosh; Intel Mac OS X 10_15_7',
    linux: 'X11; Linux x86_64',
  }[device.os]
  const os = { windows: 'Windows', macos: 'macOS', linux: 'Linux' }[device.os]
  const named = `${os} ${system}`
  if (device.browser === 'firefox')
    return {
      userAgent: `Mozilla/5.0 (${platform}; rv:${firefox}.0) Gecko/20100101 Firefox/${firefox}.0`,
      os: named,
      browser: `Firefox ${firefox}`,
      kind,
    }
  if (device.browser === 'safari')
    return {
      userAgent: `Mozilla/5.0 (${platform}) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${system} Safari/605.1.15`,
      os: named,
      browser: `Safari ${system}`,
      kind,
    }
  const edge = device.browser === 'edge' ? ` Edg/${chrome}.0.0.0` : ''
  return {
    userAgent: `Mozilla/5.0 (${platform}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${chrome}.0.0.0 Safari/537.36${edge}`,
    os: named,
    browser: `${edge === '' ? 'Chrome' : 'Edge'} ${chrome}`,
    kind,
  }
}
