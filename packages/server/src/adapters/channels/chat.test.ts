import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sendSlack, sendTeams, slackBody, teamsBody } from './chat.ts'
import { createHostGuard } from './guard.ts'
import { sendOcsf } from './ocsf.ts'
import { pagerDutyEvent, sendPagerDuty } from './pagerduty.ts'
import {
  acknowledgedMessage,
  closedMessage,
  digestMessage,
  HOSTILE,
  raisedMessage,
  testMessage,
} from './test-messages.ts'
import { listening } from './test-parties.ts'

const site = 'https://gatewatch.example.com'
const bodies: unknown[] = []
let url = ''
const receiver = createServer((request, response) => {
  let body = ''
  request.on('data', (part) => {
    body += String(part)
  })
  request.on('end', () => {
    bodies.push(JSON.parse(body))
    response.writeHead(202).end('ok')
  })
})
beforeAll(async () => {
  url = `http://127.0.0.1:${await listening(receiver)}/`
})
afterAll(() => {
  receiver.closeAllConnections()
  return new Promise((closed) => receiver.close(closed))
})
const guard = createHostGuard(['127.0.0.1'])

/** Every value of this name, however deep. */
function all(value: unknown, name: string): unknown[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(key === name ? [inner] : []),
    ...all(inner, name),
  ])
}

test('Slack: what others wrote is plain text or escaped, and a digest fits', async () => {
  expect(await sendSlack(guard, { kind: 'slack', url }, raisedMessage, site)).toEqual({
    kind: 'sent',
  })
  const body = bodies.pop() as {
    text: string
    blocks: { type: string; text?: { type: string; text: string } }[]
  }
  expect(body.text).toContain('&lt;!channel&gt;')
  expect(body.text).not.toMatch(/[<>]/)
  const marked = body.blocks.filter((block) => block.text?.type === 'mrkdwn')
  expect(marked.map((block) => block.text?.text)).toEqual([
    `<${site}/alerts/${'a'.repeat(32)}|Open in Gatewatch>`,
  ])
  const { blocks } = slackBody(digestMessage(200), site) as {
    blocks: { text?: { text: string } }[]
  }
  expect(blocks.length).toBeLessThanOrEqual(50)
  expect(blocks.at(-1)?.text?.text).toBe('and 190 more')
  expect(JSON.stringify(blocks).length).toBeLessThan(20_000)
})

test('Teams: what others wrote stands in text runs, and a digest fits', async () => {
  expect(await sendTeams(guard, { kind: 'teams', url }, raisedMessage, site)).toEqual({
    kind: 'sent',
  })
  const body = bodies.pop()
  expect(all(body, 'type')).not.toContain('TextBlock')
  expect(all(body, 'text').join('\n')).toContain('[x](http://evil.example)')
  expect(all(body, 'contentType')).toEqual(['application/vnd.microsoft.card.adaptive'])
  expect(JSON.stringify(teamsBody(digestMessage(200), site)).length).toBeLessThan(28_000)
})

test('PagerDuty: an alert triggers, who takes it up acknowledges, its end resolves the same incident', async () => {
  const settings = { kind: 'pagerduty' as const, routing_key: 'R'.repeat(32), url }
  expect(await sendPagerDuty(guard, settings, raisedMessage, site)).toEqual({ kind: 'sent' })
  expect(bodies.pop()).toMatchObject({
    routing_key: 'R'.repeat(32),
    event_action: 'trigger',
    dedup_key: 'a'.repeat(32),
    payload: { severity: 'error', source: 'gatewatch main', class: 'travel' },
  })
  expect(await sendPagerDuty(guard, settings, acknowledgedMessage, site)).toEqual({ kind: 'sent' })
  expect(bodies.pop()).toEqual({
    routing_key: 'R'.repeat(32),
    event_action: 'acknowledge',
    dedup_key: 'a'.repeat(32),
  })
  expect(await sendPagerDuty(guard, settings, closedMessage, site)).toEqual({ kind: 'sent' })
  expect(bodies.pop()).toEqual({
    routing_key: 'R'.repeat(32),
    event_action: 'resolve',
    dedup_key: 'a'.repeat(32),
  })
  const [notice] = testMessage.notices
  expect(pagerDutyEvent(notice, 'main', 'urn:here')).toMatchObject({
    payload: { severity: 'info' },
  })
})

test('OCSF: findings are posted, or written a line each where nothing else can be reached', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gatewatch-findings-'))
  const findingOf = async (tenant: number, { alert }: { alert: { id: string } }) =>
    tenant === 1 ? { class_uid: 2004, finding_info: { uid: alert.id, title: HOSTILE } } : null
  try {
    const toUrl = { kind: 'ocsf' as const, url, authorization: 'Bearer x' }
    expect(await sendOcsf(guard, toUrl, raisedMessage, findingOf, folder)).toEqual({ kind: 'sent' })
    expect(bodies.pop()).toMatchObject({ class_uid: 2004 })
    expect(await sendOcsf(guard, toUrl, digestMessage(3), findingOf, folder)).toEqual({
      kind: 'sent',
    })
    expect(bodies.pop()).toHaveLength(3)
    const toFile = { kind: 'ocsf' as const, file: 'findings.ndjson' }
    for (const message of [testMessage, raisedMessage, digestMessage(2)]) {
      expect(await sendOcsf(guard, toFile, message, findingOf, folder)).toEqual({ kind: 'sent' })
    }
    const lines = (await readFile(join(folder, '1', 'findings.ndjson'), 'utf8'))
      .trimEnd()
      .split('\n')
    expect(lines.map((line) => JSON.parse(line).class_uid)).toEqual([2004, 2004, 2004])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
