import { hash, type Random, unit } from '../random.ts'

const DAY = 86_400_000

const PLATFORMS = ['windows', 'mac', 'chromebook', 'iphone', 'ipad', 'android'] as const
type Platform = (typeof PLATFORMS)[number]
const PROGRAMS = ['chrome', 'edge', 'safari', 'firefox', 'app'] as const
type Program = (typeof PROGRAMS)[number]

/** A thing people sign in on. `ring`: days after a release at which its updates arrive; `image`: which batch it was set up with. */
export interface Gear {
  readonly seed: number
  readonly platform: Platform
  readonly program: Program
  readonly ring: number
  readonly image: number
  readonly managed: boolean
  /** Share of sign-ins at which it shows no identifier, 0-1. */
  readonly shy: number
  /** Day (since 1970) from which on updates arrive at once. */
  readonly prompt?: number
}

/** What a source sees of a piece of gear at a sign-in. */
export interface Look {
  readonly agent: string
  readonly kind: 'desktop' | 'mobile' | 'tablet'
  readonly os: string
  readonly browser: string
  readonly uid?: string
  readonly managed: boolean
}

const PHONES: readonly Platform[] = ['iphone', 'android']

/** Gear that an organisation hands out: a batch shares platform, browser and update ring. */
export function fleetGear(seed: number, image: number, at: 'desk' | 'counter' | 'van'): Gear {
  const roll = unit(image, 21)
  const platform: Platform =
    at === 'van'
      ? roll < 0.5
        ? 'ipad'
        : 'android'
      : at === 'counter'
        ? roll < 0.45
          ? 'chromebook'
          : roll < 0.7
            ? 'ipad'
            : 'windows'
        : roll < 0.68
          ? 'windows'
          : 'mac'
  const program: Program =
    at === 'van'
      ? 'app'
      : platform === 'windows'
        ? unit(image, 22) < 0.6
          ? 'edge'
          : 'chrome'
        : platform === 'ipad'
          ? 'safari'
          : unit(image, 22) < 0.85
            ? 'chrome'
            : 'safari'
  const real = platform === 'chromebook' ? 'chrome' : program
  return {
    seed,
    platform,
    program: real,
    ring: 2 + unit(image, 23) * 26,
    image,
    managed: true,
    shy: 0.03,
  }
}

/** Gear that people bring themselves. */
export function ownGear(seed: number, random: Random, at: 'desk' | 'pocket'): Gear {
  const common = { seed, image: hash(seed, 31), managed: false, ring: random.exponential(9) }
  const shy = random.chance(0.12) ? 0.6 : random.next() * 0.08
  if (at === 'pocket') {
    const platform = random.pick(PHONES)
    const web = platform === 'iphone' ? 'safari' : 'chrome'
    return { ...common, shy, platform, program: random.chance(0.5) ? 'app' : web }
  }
  const platform = random.chance(0.62) ? 'windows' : random.chance(0.8) ? 'mac' : 'chromebook'
  const choice = random.next()
  const program: Program =
    platform === 'chromebook' || choice < 0.58
      ? 'chrome'
      : choice < 0.7
        ? 'firefox'
        : platform === 'mac'
          ? 'safari'
          : 'edge'
  return { ...common, shy, platform, program }
}

/** What sources see of it. `fresh`: with a browser that has no cookie yet. */
export function lookOf(gear: Gear, time: number, pick: number, fresh = false): Look {
  const browser = browserOf(gear, time / DAY)
  const spell = spellOf(gear, time)
  const hidden = fresh || pick < gear.shy
  return {
    ...browser,
    kind:
      gear.platform === 'ipad' ? 'tablet' : PHONES.includes(gear.platform) ? 'mobile' : 'desktop',
    managed: isVouched(gear, time),
    ...(hidden
      ? {}
      : { uid: `d${hex(hash(gear.seed, spell, 43))}${hex(hash(gear.seed, spell, 44))}` }),
  }
}

/** Browsers clean up: every few months the identifier is another. Which one it is at an instant (ms). */
export function spellOf(gear: Gear, time: number): number {
  const life = gear.managed ? 400 : 60 + unit(gear.seed, 41) * 200
  return Math.floor(time / DAY / life + unit(gear.seed, 42))
}

/** Only some batches run the agent that vouches for them, not in every browser profile, and now and then it is out of date for a day. */
function isVouched(gear: Gear, time: number): boolean {
  const runs = gear.managed && unit(gear.image, 47) < 0.35 && unit(gear.seed, 48) < 0.8
  return runs && unit(gear.seed, Math.floor(time / DAY), 49) < 0.95
}

/** The browser that opens a link on the same machine, where its owner otherwise signs in through the app. */
export function browserOn(gear: Gear): Gear {
  if (gear.program !== 'app') return gear
  return { ...gear, program: gear.platform === 'android' ? 'chrome' : 'safari' }
}

/** A browser that has never been here: the identifier it is given now. */
export function strangerUid(seed: number): string {
  return `d${hex(hash(seed, 45))}${hex(hash(seed, 46))}`
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0')
}

/** Releases come every four weeks; a piece of gear lags behind by its ring. Numbers of 2025 and after. */
function release(gear: Gear, day: number, start: number, every: number): number {
  const lag = day >= (gear.prompt ?? Number.POSITIVE_INFINITY) ? 0 : gear.ring
  return start + Math.max(0, Math.floor((day - 20_100 - lag) / every))
}

function browserOf(gear: Gear, day: number): Pick<Look, 'agent' | 'os' | 'browser'> {
  const { platform, program } = gear
  const chrome = release(gear, day, 132, 28)
  const minor = release(gear, day, 0, 47) % 7
  const major =
    17 + Math.floor(release(gear, day, 3, 47) / 7) + (unit(gear.image, 51) < 0.8 ? 1 : 0)
  const apple = `${major}.${minor}`
  const os = OS[platform](apple, gear)
  const shell = SHELL[platform](apple)
  switch (program) {
    case 'app': {
      const version = `${5 + Math.floor(release(gear, day, 0, 21) / 10)}.${release(gear, day, 0, 21) % 10}`
      return { os, browser: `CrewPass ${version}`, agent: `CrewPass/${version} (${os})` }
    }
    case 'firefox':
      return {
        os,
        browser: `Firefox ${chrome + 2}`,
        agent: `Mozilla/5.0 (${shell}; rv:${chrome + 2}.0) Gecko/20100101 Firefox/${chrome + 2}.0`,
      }
    case 'safari': {
      const mobile = platform === 'mac' ? '' : ' Mobile/15E148'
      return {
        os,
        browser: `Safari ${apple}`,
        agent: `Mozilla/5.0 (${shell}) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${apple}${mobile} Safari/${mobile === '' ? '605.1.15' : '604.1'}`,
      }
    }
    default: {
      const mobile = platform === 'android' ? ' Mobile' : ''
      const edge = program === 'edge' ? ` Edg/${chrome}.0.0.0` : ''
      return {
        os,
        browser: `${edge === '' ? 'Chrome' : 'Edge'} ${chrome}`,
        agent: `Mozilla/5.0 (${shell}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${chrome}.0.0.0${mobile} Safari/537.36${edge}`,
      }
    }
  }
}

const OS: Readonly<Record<Platform, (apple: string, gear: Gear) => string>> = {
  windows: (_, gear) => (unit(gear.image, 52) < 0.75 ? 'Windows 11' : 'Windows 10'),
  mac: (apple) => `macOS ${apple}`,
  chromebook: () => 'Chrome OS',
  iphone: (apple) => `iOS ${apple}`,
  ipad: (apple) => `iPadOS ${apple}`,
  android: (_, gear) => `Android ${12 + Math.floor(unit(gear.image, 53) * 4)}`,
}

const SHELL: Readonly<Record<Platform, (apple: string) => string>> = {
  windows: () => 'Windows NT 10.0; Win64; x64',
  mac: () => 'Macintosh; Intel Mac OS X 10_15_7',
  chromebook: () => 'X11; CrOS x86_64 14541.0.0',
  iphone: (apple) => `iPhone; CPU iPhone OS ${apple.replace('.', '_')} like Mac OS X`,
  ipad: (apple) => `iPad; CPU OS ${apple.replace('.', '_')} like Mac OS X`,
  android: () => 'Linux; Android 10; K',
}
