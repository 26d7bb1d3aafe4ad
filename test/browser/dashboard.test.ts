import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AlertPage } from '@gatewatch/schema'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Server, startServer } from '../../packages/server/src/app.ts'
import { Config } from '../../packages/server/src/config.ts'
import { ensureDashboard } from '../../scripts/dashboard.js'

const DAY = 86_400_000
const PATIENCE = 20_000
const silent = { onNotice: () => {}, onHistory: () => {} }

let folder: string
let config: Config
let link: string
let server: Server
let browser: Browser
let page: Page
const faults: string[] = []

beforeAll(async () => {
  expect(await ensureDashboard()).toBe(0)
  folder = await mkdtemp(join(tmpdir(), 'gatewatch-browser-'))
  // The embedded PostgreSQL may run as another user, who has to get in.
  await chmod(folder, 0o755)
  config = Config.parse({ port: 0, dataDir: folder, logLevel: 'error' })
  server = await startServer(config, silent)
  link = server.link ?? ''
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
  })
  page = await browser.newPage()
  page.setDefaultTimeout(PATIENCE)
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (line) => {
    if (line.text().includes('Content Security Policy')) faults.push(line.text())
  })
}, 180_000)

afterAll(async () => {
  await browser?.close()
  await server?.stop()
  if (folder) await rm(folder, { recursive: true, force: true })
})

test('a person signs in, sees an alert arrive, opens it, judges it, and finds it stored', async () => {
  await page.goto(link)
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  await page.getByText('Live', { exact: true }).waitFor()
  await page.getByText('Nothing has arrived yet').waitFor()
  await page.getByRole('link', { name: /^Alerts/ }).click()
  await page.getByText('No open alerts').waitFor()

  await send(history('ada@example.com', 30))
  await send([theft('ada@example.com')])

  const row = page.locator('.alert-row').first()
  await row.waitFor()
  await row.click()
  await page.getByRole('heading', { name: 'Why' }).waitFor()
  await page.getByText('Score', { exact: true }).waitFor()
  expect(await page.locator('.waterfall-row').count()).toBeGreaterThan(2)
  await page.getByRole('heading', { name: 'What ada@example.com usually does' }).waitFor()

  await page.getByRole('button', { name: /^Compromised/ }).click()
  await page.getByText('What it would change').waitFor()
  await page.getByText(/without a verdict as much as/).waitFor()
  await page.getByLabel('Comment (optional)').fill('She was at home.')
  await page.getByRole('button', { name: 'Confirm: Compromised' }).click()
  await page.getByText('Verdict: Compromised').waitFor()
  await page.getByText('What it changed').waitFor()

  await page.reload()
  await page.getByText('Verdict: Compromised').waitFor()
  await page.getByText('She was at home.').waitFor()
  const closed = await page.request.get(`${server.url}/v1/alerts?status=closed`)
  const { alerts } = AlertPage.parse(await closed.json())
  expect(alerts.map(({ feedback }) => feedback)).toMatchObject([
    { verdict: 'compromised', comment: 'She was at home.', by: 'admin' },
  ])
})

test('the identity has habits, and a try shows a judgement without storing anything', async () => {
  await page.getByRole('link', { name: 'Identities' }).click()
  await page.getByRole('link', { name: /ada@example\.com/ }).click()
  await page.getByRole('link', { name: 'Try a sign-in as this identity' }).click()
  await page.getByRole('button', { name: 'Judge it' }).click()
  await page.getByText('Only a try: nothing was stored or learned.').waitFor()
  const events = await page.request.get(`${server.url}/v1/events?limit=500`)
  expect((await events.json()).events).toHaveLength(31)
})

test('its incident tells the story, is taken up, and keeps what was said', async () => {
  await page.getByRole('link', { name: 'Incidents' }).click()
  await page.getByText('All', { exact: true }).click()
  await page.locator('.alert-row').first().click()
  await page.getByRole('heading', { name: 'Story', exact: true }).waitFor()
  expect(await page.locator('.story-alert').count()).toBe(1)
  await page.getByRole('button', { name: 'Open again' }).click()
  await page.getByRole('button', { name: 'I work on it' }).click()
  await page.getByText('with admin', { exact: true }).waitFor()
  await page.getByLabel('Comment').fill('Asked her by phone.')
  await page.getByRole('button', { name: 'Add the comment' }).click()
  await page.locator('.history').getByText('Asked her by phone.').waitFor()
  await page.reload()
  await page.getByText('In progress', { exact: true }).waitFor()
  await page.locator('.history').getByText('Asked her by phone.').waitFor()
})

test('while the server is away the page says so, and goes on when it is back', async () => {
  await page.goto(server.url)
  await page.getByText('Live', { exact: true }).waitFor()
  await server.stop()
  await page.getByText(/^Disconnected, next try in/).waitFor()
  server = await startServer({ ...config, port: server.port }, silent)
  await page.getByText('Live', { exact: true }).waitFor({ timeout: 2 * PATIENCE })
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
}, 120_000)

test('a map that does not load leaves the rest of the page alone, and comes when it can', async () => {
  const parts = '**/assets/world-map-*.js'
  await page.route(parts, (route) => route.abort())
  await page.goto(server.url)
  await page.getByText('The map could not be loaded').waitFor()
  await page.getByRole('heading', { name: 'Live feed' }).waitFor()
  await page.unroute(parts)
  await page.getByRole('img', { name: /^World map with 2 places/ }).waitFor()
})

test('a used link leads to the sign-in form, which refuses a wrong password', async () => {
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByLabel('User name').waitFor()
  await page.goto(link)
  await page.getByText('This one-time link was already used or has expired.').waitFor()
  await page.getByLabel('User name').fill('admin')
  await page.getByLabel('Password', { exact: true }).fill('not the password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('User name or password is not right.').waitFor()
})

test('on the whole way no script failed and nothing broke the content policy', () => {
  expect(faults).toEqual([])
})

async function send(events: readonly object[]): Promise<void> {
  const answer = await page.request.post(`${server.url}/v1/events`, {
    data: events,
    headers: { origin: server.url },
  })
  expect(await answer.json()).toMatchObject({ accepted: events.length, rejected: 0 })
}

/** A sign-in a day from the same place on the same device, up to an hour ago. */
function history(email: string, days: number): object[] {
  return Array.from({ length: days }, (_, day) => ({
    ...signIn(email, Date.now() - 3_600_000 - day * DAY),
    src: { ip: '203.0.113.10', location: stockholm },
    device: { uid: 'her-laptop' },
  })).reverse()
}

/** A sign-in now, from another continent, on a device never seen. */
function theft(email: string): object {
  return {
    ...signIn(email, Date.now()),
    src: { ip: '198.51.100.77', location: lagos },
    device: { uid: 'another-device' },
  }
}

const stockholm = { provider: 'vendor', country: 'SE', city: 'Stockholm', lat: 59.33, long: 18.07 }
const lagos = { provider: 'vendor', country: 'NG', city: 'Lagos', lat: 6.45, long: 3.39 }

function signIn(email: string, time: number): object {
  return {
    uid: `sign-in-${time}`,
    time,
    class_uid: 3002,
    activity_id: 1,
    activity: 'sign-in',
    status_id: 1,
    actor: { email_addr: email, type: 'user' },
  }
}
