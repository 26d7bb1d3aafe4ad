import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import axe, { type AxeResults } from 'axe-core'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Server, startServer } from '../../packages/server/src/app.ts'
import { Config } from '../../packages/server/src/config.ts'
import { ensureDashboard } from '../../scripts/dashboard.js'

/** Every screen of the demo organisation, wide and narrow, light and dark: for a person to look at, and for axe. */
const PICTURES = join(import.meta.dirname, '../../test-results/screens')
const PATIENCE = 30_000
const LOOKS = [
  { name: 'wide-light', viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
  { name: 'narrow-dark', viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
  { name: 'wide-dark', viewport: { width: 1440, height: 900 }, colorScheme: 'dark' },
  { name: 'narrow-light', viewport: { width: 390, height: 844 }, colorScheme: 'light' },
] as const

let folder: string
let server: Server
let browser: Browser
let session: Awaited<ReturnType<BrowserContext['storageState']>>

beforeAll(async () => {
  expect(await ensureDashboard()).toBe(0)
  await mkdir(PICTURES, { recursive: true })
  folder = await mkdtemp(join(tmpdir(), 'gatewatch-screens-'))
  // The embedded PostgreSQL may run as another user, who has to get in.
  await chmod(folder, 0o755)
  const { promise: learned, resolve } = Promise.withResolvers<void>()
  server = await startServer(
    Config.parse({ port: 0, dataDir: folder, demo: true, logLevel: 'error' }),
    { onNotice: () => {}, onHistory: (share) => share >= 1 && resolve() },
  )
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
  })
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(server.link ?? '')
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  session = await context.storageState()
  await learned
  await somethingHappened(page)
  await context.close()
}, 400_000)

afterAll(async () => {
  await browser?.close()
  await server?.stop()
  if (folder) await rm(folder, { recursive: true, force: true })
})

/** The demo's first attack comes within minutes of the end of its history. */
async function somethingHappened(page: Page): Promise<void> {
  for (;;) {
    const [alerts, incidents] = await Promise.all(
      ['alerts', 'incidents'].map(async (what) => {
        const answer = await page.request.get(`${server.url}/v1/${what}?limit=1`)
        return (await answer.json())[what].length
      }),
    )
    if (alerts > 0 && incidents > 0) return
    await page.waitForTimeout(1_000)
  }
}

/** Each screen: how one gets there, and what stands on it once it is complete. */
const SCREENS: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  async overview(page) {
    await page.goto(server.url)
    await page.getByRole('heading', { name: 'Live feed' }).waitFor()
    await page.getByRole('img', { name: /^World map/ }).waitFor()
  },
  async incidents(page) {
    await page.goto(`${server.url}/incidents?status=all`)
    await page.locator('.alert-row').first().waitFor()
  },
  async incident(page) {
    await page.goto(`${server.url}/incidents?status=all`)
    await page.locator('.alert-row').first().click()
    await page.getByRole('heading', { name: 'Story', exact: true }).waitFor()
  },
  async alerts(page) {
    await page.goto(`${server.url}/alerts?status=all`)
    await page.locator('.alert-row').first().waitFor()
  },
  async alert(page) {
    await page.goto(`${server.url}/alerts?status=all`)
    await page.locator('.alert-row').first().click()
    await page.locator('.waterfall-row').first().waitFor()
  },
  async identities(page) {
    await page.goto(`${server.url}/identities`)
    await page.locator('.entity-row').first().waitFor()
  },
  async identity(page) {
    await page.goto(`${server.url}/identities`)
    await page.locator('.entity-row').first().click()
    await page.getByRole('heading', { name: 'Recent events' }).waitFor()
  },
  async explore(page) {
    await page.goto(`${server.url}/explore`)
    await page.locator('.explored-row').first().waitFor()
    await page.getByRole('img', { name: 'Events over time' }).waitFor()
  },
  async detections(page) {
    await page.goto(`${server.url}/detections`)
    await page.getByText('Impossible travel', { exact: true }).click()
    await page.getByRole('heading', { name: 'It reports' }).first().waitFor()
  },
  async quality(page) {
    await page.goto(`${server.url}/quality`)
    await page.getByRole('heading', { name: 'Alert budget' }).waitFor()
  },
  async models(page) {
    await page.goto(`${server.url}/models`)
    await page.locator('.model-row').first().waitFor()
    await page.getByRole('heading', { name: 'Drift' }).waitFor()
  },
  async model(page) {
    await page.goto(`${server.url}/models`)
    await page.locator('.model-row').last().click()
    await page.getByRole('heading', { name: 'What it was made of' }).waitFor()
  },
  async tuning(page) {
    await page.goto(`${server.url}/tuning`)
    await page.getByRole('heading', { name: 'Proposed' }).waitFor()
    await page.getByLabel('Identity').fill('user:*')
    await page.getByRole('button', { name: 'Try it' }).first().click()
    await page.getByText('Alerts told').waitFor()
  },
  async sources(page) {
    await page.goto(`${server.url}/sources`)
    await page.getByRole('heading', { name: 'Connected vendors' }).waitFor()
  },
  async try(page) {
    await page.goto(`${server.url}/try`)
    await page.getByRole('button', { name: 'Judge it' }).waitFor()
  },
}

for (const look of LOOKS) {
  test(`every screen is complete, accessible and no wider than the window: ${look.name}`, async () => {
    const { name, ...options } = look
    const context = await browser.newContext({ ...options, storageState: session })
    const page = await context.newPage()
    page.setDefaultTimeout(PATIENCE)
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (line) => line.type() === 'error' && faults.push(line.text()))
    for (const [screen, open] of Object.entries(SCREENS)) {
      await open(page)
      const path = join(PICTURES, `${screen}-${name}.png`)
      await page.screenshot({ path, fullPage: true, timeout: 90_000 })
      expect(await tooWide(page), `${screen}: pixels beyond the window`).toBeLessThanOrEqual(0)
      faults.push(...(await barriers(page)).map((one) => `${screen}: ${one}`))
    }
    expect(faults).toEqual([])
    await context.close()
  }, 180_000)
}

test('events are narrowed down by a value, and the address keeps it', async () => {
  const context = await browser.newContext({ storageState: session })
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE)
  await page.goto(`${server.url}/explore?range=30d`)
  await page
    .getByRole('button', { name: /^Failure/ })
    .first()
    .click()
  await page.getByRole('button', { name: 'Remove the filter Outcome: Failure' }).waitFor()
  expect(new URL(page.url()).searchParams.get('outcome')).toBe('failure')
  await page.locator('.explored-row .event-failed').first().waitFor()
  await page.locator('.explored-row .pivot').first().click()
  await page.getByRole('button', { name: /^Remove the filter Identity/ }).waitFor()
  await context.close()
}, 120_000)

test('an alert is chosen and judged by keyboard alone', async () => {
  const context = await browser.newContext({ storageState: session })
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE)
  await page.goto(`${server.url}/alerts?sort=oldest`)
  await page.locator('.alert-row').first().waitFor()
  const judged = await page.locator('.alert-row').first().getAttribute('href')
  await page.keyboard.press('j')
  await page.keyboard.press('x')
  await page.getByText('1 chosen').waitFor()
  await page.keyboard.press('d')
  await page.getByRole('button', { name: 'Confirm: Dismiss' }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByText('None chosen').waitFor()
  await expect
    .poll(() => page.locator(`.alert-row[href="${judged}"]`).count(), { timeout: 10_000 })
    .toBe(0)
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'What the keys do' }).waitFor()
  await context.close()
}, 120_000)

function tooWide(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')
}

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/** What WCAG 2.2 AA forbids and a machine can see. */
async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const run = `axe.run({ runOnly: { type: 'tag', values: ${JSON.stringify(RULES)} } })`
  const { violations } = await page.evaluate<AxeResults>(run)
  return violations.flatMap(({ id, nodes }) =>
    nodes.slice(0, 3).map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  )
}
