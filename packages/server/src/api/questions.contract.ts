import { Alert, AlertPage, QuestionCreated, QuestionList } from '@gatewatch/schema'
import { beforeAll, describe, expect, it } from 'vitest'
import { signToken } from '../pipeline/question-token.ts'
import { type Asker, expectError, PROXY, signIn, VPN } from './asker.contract.ts'

const DAY = 86_400_000
const HOME = '46.5.6.7'
const PHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_2 like Mac OS X)'
const VISITOR = 'curl/8.5.0'

/** Asking identities whether an alert's event was theirs, by a link. */
export function testQuestionLinks(asker: Asker): void {
  const { ask, post } = asker
  describe('asks whether it was them', () => {
    let n = 0
    /** An alert about a runner of its own: somebody calls with its machine's credentials out of a proxy. */
    const raise = async (): Promise<Alert> => {
      n += 1
      const name = `asked-${n}`
      const call = (uid: string, time: number, more: object) =>
        signIn(`${name} ${uid}`, name, {
          time,
          actor: {
            name,
            type: 'workload',
            credential_uid: `ASIA${n}`,
            session: { uid: `i-0a1${n}` },
          },
          api: { service: 's3.amazonaws.com', operation: 'GetObject' },
          ...more,
        })
      const calm = Array.from({ length: 9 }, (_, i) =>
        call(`c${i}`, Date.now() - (20 - i) * DAY, {}),
      )
      const from = { src: { ip: `${PROXY}.9` }, user_agent: VISITOR }
      await post('ingest', '/v1/events', [...calm, call('it', Date.now() - DAY, from)])
      const page = AlertPage.parse((await ask('viewer', { url: '/v1/alerts?limit=500' })).json())
      const found = page.alerts.find(({ entity_name }) => entity_name === name)
      return Alert.parse((await ask('viewer', { url: `/v1/alerts/${found?.id}` })).json())
    }
    const linkFor = async (id: string, minutes = 60) => {
      const made = await post('analyst', `/v1/alerts/${id}/questions`, { minutes })
      const { url } = QuestionCreated.parse(made.json())
      return new URL(url ?? '').searchParams.get('token') ?? ''
    }
    const open = (token: string) => ask(null, { url: `/was-this-you?token=${token}` })
    const answer = (token: string, said: string, ip = HOME, agent = PHONE) =>
      asker.api().inject({
        method: 'POST',
        url: '/was-this-you',
        remoteAddress: ip,
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'user-agent': agent },
        payload: new URLSearchParams({ token, answer: said }).toString(),
      })
    const askedOf = async (id: string) =>
      QuestionList.parse((await ask('viewer', { url: `/v1/alerts/${id}/questions` })).json())
        .questions
    const verdictOf = async (id: string) =>
      Alert.parse((await ask('viewer', { url: `/v1/alerts/${id}` })).json()).feedback

    let alert: Alert
    beforeAll(async () => {
      alert = await raise()
    }, 120_000)

    it('opening the link changes nothing, however often; the answer counts once, and the link is over', async () => {
      const token = await linkFor(alert.id)
      for (const _ of [1, 2, 3]) {
        const page = await open(token)
        expect(page.statusCode).toBe(200)
        expect(page.body).toContain(`${PROXY}.9`)
        expect(page.headers['cache-control']).toBe('no-store')
      }
      expect(await verdictOf(alert.id)).toBeUndefined()
      const [first, replayed] = [await answer(token, 'me'), await answer(token, 'not_me')]
      expect([first.statusCode, replayed.statusCode], first.body).toEqual([200, 404])
      expect((await open(token)).statusCode).toBe(404)
      expect(await verdictOf(alert.id)).toMatchObject({
        verdict: 'safe',
        by: `${alert.entity_name}, asked`,
      })
      expect(await askedOf(alert.id)).toMatchObject([{ answer: 'me', counted: true, why: null }])
      await ask('analyst', { method: 'DELETE', url: `/v1/alerts/${alert.id}/feedback` })
    })

    it.each([
      ['the network asked about', `${PROXY}.77`, PHONE],
      ['the device asked about', HOME, VISITOR],
      ['an address that tells nothing', '10.0.0.7', PHONE],
    ])('an answer out of %s is kept and shown, and teaches nothing', async (_, ip, agent) => {
      const one = await raise()
      const before = await ask('viewer', { url: `/v1/entities/${encodeURIComponent(one.entity)}` })
      expect((await answer(await linkFor(one.id), 'me', ip, agent)).statusCode).toBe(200)
      expect(await verdictOf(one.id)).toBeUndefined()
      const [question] = await askedOf(one.id)
      expect(question).toMatchObject({ answer: 'me', counted: false, why: expect.any(String) })
      const after = await ask('viewer', { url: `/v1/entities/${encodeURIComponent(one.entity)}` })
      expect(after.json().habits).toEqual(before.json().habits)
      const story = await ask('viewer', { url: `/v1/incidents/${one.incident}` })
      expect(story.body).toContain('not counted')
    })

    it('one who says that it was not them raises what a verdict of compromised does; a judged alert stays', async () => {
      const one = await raise()
      await answer(await linkFor(one.id), 'not_me')
      expect(await verdictOf(one.id)).toMatchObject({ verdict: 'compromised' })
      await answer(await linkFor(one.id), 'me')
      expect(await verdictOf(one.id)).toMatchObject({ verdict: 'compromised' })
      expect((await askedOf(one.id))[0]).toMatchObject({ answer: 'me', counted: false })
    })

    it('a link that is forged, changed, over or another tenant’s is none', async () => {
      const token = await linkFor(alert.id)
      const bytes = Buffer.from(token, 'base64url')
      for (const at of [0, 3, 10, 22, 40, 57]) {
        const forged = Buffer.from(bytes)
        forged[at] = (forged[at] ?? 0) ^ 1
        expect((await answer(forged.toString('base64url'), 'me')).statusCode).toBe(404)
      }
      const [known] = await askedOf(alert.id)
      const tenant = asker.tenant()
      const secret = (await asker.accounts().tenant(tenant))?.hashKey ?? new Uint8Array()
      const id = known?.id ?? ''
      const over = signToken({ tenant, id, expires: Date.now() - 1 }, secret)
      expect((await open(over)).statusCode).toBe(404)
      const other = await asker.accounts().ensureTenant('two', false)
      const expires = Date.now() + 60_000
      const theirs = signToken({ tenant: other.id, id, expires }, other.hashKey)
      const ours = signToken({ tenant, id, expires }, other.hashKey)
      for (const wrong of [theirs, ours, 'x', '%00', `${token}A`]) {
        expect((await answer(wrong, 'me')).statusCode).toBe(404)
      }
      expect((await answer(token, 'maybe')).statusCode).toBe(400)
      expect((await answer(token, 'me', `${VPN}.3`)).statusCode, 'the true one works still').toBe(
        200,
      )
    })

    it('keeps to tenants; mails only through a channel of mail', async () => {
      const url = `/v1/alerts/${alert.id}/questions`
      expectError(await post('other', url, {}), 404, 'not_found')
      expect(QuestionList.parse((await ask('other', { url })).json()).questions).toEqual([])
      expectError(await post('analyst', url, { channel: 'none' }), 400, 'invalid_request')
      expectError(await post('analyst', url, { minutes: 1 }), 400, 'invalid_request')
    })
  })
}
