import type { AccessEvent, Client } from '@gatewatch/schema'
import bowser from 'bowser'
import { lru } from 'tiny-lru'

type Kind = Client['kind']

/** Programs that are no browser, by the name before the first slash of their user agent. */
const programs: readonly (readonly [RegExp, Kind])[] = [
  [
    /^(aws-cli|azurecli|az-cli|google-cloud-sdk|gcloud|kubectl|eksctl|s3cmd|rclone|restic|git)$/i,
    'cli',
  ],
  [/^(curl|wget|httpie|apn|terraform|hashicorp|opentofu|pulumi|ansible|powershell)/i, 'cli'],
  [/(bot|crawler|spider|scanner|slurp)$/i, 'bot'],
  [/^(masscan|zgrab|nuclei|nmap|nikto|sqlmap|feroxbuster|gobuster)/i, 'bot'],
  [/^(outlook|microsoft office|teams|slack|spotify|dalvik|cfnetwork|bav2ropc)/i, 'app'],
]
const headless = /HeadlessChrome|PhantomJS|Playwright|Puppeteer|Selenium|Cypress/i
const robot = /bot\b|crawl|spider|slurp|scanner|censys|shodan|expanse/i
const console_ =
  /^(console|signin|[a-z0-9-]+\.console)\.amazonaws\.com$|^console\.[a-z0-9-]+\.amazonaws\.com$|^S3Console\//
const service = /^(AWS Internal|aws-internal\/|[a-z0-9.-]+\.amazonaws\.com$)/
const systems = /\b(Linux|Darwin|macOS|Windows)(?:[/ ](?:NT )?(\d+(?:\.\d+)?))?/
const recent = lru<Client>(20_000)

/** The program that was used, from the user agent, else from what the source knows of the device. Never fails. */
export function readClient(event: Pick<AccessEvent, 'user_agent' | 'device'>): Client {
  const agent = event.user_agent
  if (agent === undefined) return fromDevice(event.device)
  const known = recent.get(agent)
  if (known !== undefined) return known
  const client = Object.freeze(parse(agent.replace(/^\[(.*)\]$/, '$1')))
  recent.set(agent, client)
  return client
}

function parse(agent: string): Client {
  if (console_.test(agent)) return { browser: 'AWS console', kind: 'browser' }
  if (service.test(agent)) return { browser: agent.slice(0, 128), kind: 'service' }
  return /^(Mozilla|Opera)\//.test(agent) ? browserOf(agent) : programOf(agent)
}

function browserOf(agent: string): Client {
  const { browser, os } = bowser.parse(agent)
  const kind =
    headless.test(agent) || robot.test(agent) ? 'bot' : browser.name ? 'browser' : 'unknown'
  return client({
    os: os.name,
    os_version: steps(os.versionName && /\d/.test(os.versionName) ? os.versionName : os.version, 2),
    browser: browser.name,
    // Browsers replace themselves every few weeks: the major version is what tells them apart.
    browser_version: steps(browser.version, 1),
    kind,
  })
}

function programOf(agent: string): Client {
  const terraform = /\b(?:Terraform|OpenTofu)\/(\d[\d.]*)/.exec(agent)
  if (terraform !== null) {
    return client({ browser: 'Terraform', browser_version: steps(terraform[1], 2), kind: 'cli' })
  }
  const end = agent.search(/[/ (;,]/)
  const name = (end === -1 ? agent : agent.slice(0, end)).slice(0, 64)
  const version = /^[^\s/]+\/v?(\d+(?:\.\d+)*)/.exec(agent)?.[1]
  const system = systems.exec(agent)
  const kind =
    programs.find(([form]) => form.test(name))?.[1] ??
    (version === undefined ? 'unknown' : 'library')
  return client({
    os: system?.[1] === 'Darwin' ? 'macOS' : system?.[1],
    os_version: system?.[2],
    browser: name === '' ? undefined : name,
    browser_version: steps(version, 2),
    kind: robot.test(name) ? 'bot' : kind,
  })
}

/** `iOS 13.4` -> iOS, 13.4; `Chrome Mobile 46.0.2490` -> Chrome Mobile, 46. */
function fromDevice(device: AccessEvent['device']): Client {
  const os = split(device?.os)
  const browser = split(device?.browser)
  return client({
    os: os?.name,
    os_version: steps(os?.version, 2),
    browser: browser?.name,
    browser_version: steps(browser?.version, 1),
    kind: browser === undefined ? 'unknown' : 'browser',
  })
}

function split(text: string | undefined): { name: string; version?: string } | undefined {
  if (text === undefined) return undefined
  const match = /^(.*?)[ /]v?(\d[\d.]*)\S*$/.exec(text)
  return match?.[1] && match[2] ? { name: match[1], version: match[2] } : { name: text }
}

function steps(version: string | undefined, count: number): string | undefined {
  if (version === undefined || version === '') return undefined
  return version.split('.').slice(0, count).join('.').slice(0, 32)
}

function client(fields: { [K in keyof Client]?: Client[K] | undefined } & { kind: Kind }): Client {
  const known = Object.entries(fields).filter(([, value]) => value !== undefined && value !== '')
  return { ...Object.fromEntries(known), kind: fields.kind }
}
