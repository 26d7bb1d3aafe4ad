import { Alert, AlertPage, type AlertSummary, EntityRisk, FeedbackEffect } from '@gatewatch/schema'
import { describe, expect, it } from 'vitest'
import { type Asker, expectError, PROXY, signIn, VPN } from './asker.contract.ts'

const DAY = 86_400_000

/** What verdicts on alerts do, over HTTP. */
export function testFeedback({ ask, post }: Asker): void {
  /** A build runner calls with its machine's credentials, every night through a VPN: each such call raises an alert. */
  const nightly = (user: string, night: number, more: object = {}) =>
    signIn(`nightly ${user} ${night} ${JSON.stringify(more)}`, user, {
      time: Date.now() - (20 - night) * DAY,
      actor: {
        name: user,
        type: 'workload',
        credential_uid: `ASIA${user.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')}`,
        session: { uid: `i-0a1b2c3d ${user}` },
      },
      src: { ip: `${VPN}.9` },
      api: { service: 's3.amazonaws.com', operation: 'GetObject' },
      ...more,
    })
  /** Nights before of what nobody minds. */
  const calmly = (user: string) =>
    Array.from({ length: 10 }, (_, n) =>
      nightly(user, n - 10, { src: { ip: '203.0.113.7' }, user_agent: 'runner/2.0' }),
    )
  const alertsOf = async (status?: AlertSummary['status']) => {
    const filter = status === undefined ? '' : `&status=${status}`
    const page = await ask('viewer', { url: `/v1/alerts?limit=500${filter}` })
    return AlertPage.parse(page.json()).alerts
  }
  const judge = (alerts: readonly AlertSummary[], verdict: string) =>
    post('analyst', '/v1/feedback', { alerts: alerts.map(({ id }) => id), verdict })
  const effectOf = async (id: string, query = '') =>
    FeedbackEffect.parse(
      (await ask('viewer', { url: `/v1/alerts/${id}/feedback/effect${query}` })).json(),
    )
  const riskOf = async ({ entity }: AlertSummary) => {
    const id = encodeURIComponent(entity)
    const answer = await ask('viewer', { url: `/v1/entities/${id}/risk` })
    return EntityRisk.parse(answer.json()).risk
  }

  describe('lets verdicts have consequences', () => {
    const runners = Array.from({ length: 20 }, (_, n) => `runner-${n}`)
    const controls = Array.from({ length: 20 }, (_, n) => `control-${n}`)
    const of = (users: readonly string[], alerts: readonly AlertSummary[]) =>
      alerts.filter(({ entity_name }) => users.includes(entity_name))

    it('20 safe verdicts on a false alarm remove four fifths of it and more, and hide no confirmed incident', async () => {
      const thief = { src: { ip: `${PROXY}.66` }, user_agent: 'curl/8.5.0' }
      await post('ingest', '/v1/events', [...runners, ...controls].flatMap(calmly))
      await post('ingest', '/v1/events', [nightly('runner-3', 0, thief)])
      const [first] = of(runners, await alertsOf('open'))
      if (first === undefined) throw new Error('the theft raises no alert')
      await judge([first], 'compromised')

      await post(
        'ingest',
        '/v1/events',
        [...runners, ...controls].map((user) => nightly(user, 2)),
      )
      const open = await alertsOf('open')
      expect(of(runners, open), 'a false alarm of each').toHaveLength(20)
      const forecast = await effectOf(of(runners, open)[0]?.id ?? '', '?verdict=safe')
      expect(forecast).toMatchObject({ verdict: 'safe', given: false, hidden: [] })
      await judge(of(runners, open), 'safe')
      await judge(of(controls, open), 'dismissed')

      let [later, otherwise] = [0, 0]
      for (let night = 4; night < 10; night += 2) {
        await post(
          'ingest',
          '/v1/events',
          [...runners, ...controls].map((user) => nightly(user, night)),
        )
        const raised = await alertsOf('open')
        later += of(runners, raised).length
        otherwise += of(controls, raised).length
        await judge(of(controls, raised), 'dismissed')
      }
      expect(otherwise, 'without a verdict it goes on').toBe(60)
      expect(later).toBeLessThanOrEqual(0.2 * otherwise)

      await post('ingest', '/v1/events', [nightly('runner-3', 16, thief)])
      const [again] = of(runners, await alertsOf('open'))
      expect(again?.entity_name, 'the thief is not taken for the job').toBe('runner-3')
      const stands = (await alertsOf()).find(({ id }) => id === first.id)
      expect(stands).toMatchObject({ feedback: { verdict: 'compromised' }, count: 1 })
    }, 240_000)

    it('says what a verdict changes before it is given and after, and that is what happens', async () => {
      const user = 'effect'
      const from = { src: { ip: `${PROXY}.70` }, user_agent: 'curl/8.5.0' }
      const calm = calmly(user)
      // by a person's credentials, from the same place
      const besides = {
        ...nightly(user, 16, {
          ...from,
          api: { service: 's3.amazonaws.com', operation: 'ListBuckets' },
        }),
        actor: { name: user, type: 'workload' },
        time: Date.now() - 4 * DAY + 60_000,
      }
      await post('ingest', '/v1/events', [...calm, nightly(user, 16, from), besides])
      const mine = async (status?: AlertSummary['status']) =>
        (await alertsOf(status)).filter(({ entity_name }) => entity_name === user)
      const [alert] = await mine('open')
      if (alert === undefined) throw new Error('nothing was raised')
      const [before, risk] = [await mine(), await riskOf(alert)]

      const none = await ask('viewer', { url: `/v1/alerts/${alert.id}/feedback/effect` })
      expectError(none, 404, 'not_found')
      const forecast = await effectOf(alert.id, '?verdict=compromised')
      expect(forecast).toMatchObject({ given: false, events: 1, learned: { with: 0 } })
      expect(forecast.learned.without).toBeGreaterThan(0)
      expect(forecast.values.length, 'it would be known less').toBeGreaterThan(0)
      expect(forecast.raised, 'what came with it').toHaveLength(1)
      expect(await mine(), 'asking changes nothing').toEqual(before)
      expect(await riskOf(alert)).toBeCloseTo(risk, 1)

      await post('analyst', `/v1/alerts/${alert.id}/feedback`, { verdict: 'compromised' })
      const given = await effectOf(alert.id)
      expect({ ...given, given: false, risk: [] }).toEqual({ ...forecast, risk: [] })
      expect(given.given).toBe(true)
      expect(await riskOf(alert)).toBeGreaterThan(70)
      expect(given.risk[0]?.with).toBeCloseTo(await riskOf(alert), 0)
      const [related] = await mine('open')
      expect(related?.id).toBe(given.raised[0]?.id)

      const url = `/v1/alerts/${alert.id}/feedback`
      await ask('analyst', { method: 'DELETE', url })
      expect(await riskOf(alert)).toBeCloseTo(risk, 1)
      const after = await mine()
      expect(after.find(({ id }) => id === related?.id)?.withdrawn?.because).toBe(alert.id)
      const safe = await effectOf(alert.id, '?verdict=safe')
      expect(safe.learned.with).toBe(1)
      expect(safe.risk[0]?.with).toBeLessThan(risk)
      await post('analyst', url, { verdict: 'safe' })
      expect(await riskOf(alert)).toBeCloseTo(safe.risk[0]?.with ?? -1, 0)
    }, 120_000)

    it('a safe verdict withdraws what would not have been raised, and taking it back opens that again', async () => {
      const user = 'twins'
      const calm = calmly(user)
      await post('ingest', '/v1/events', [...calm, nightly(user, 12), nightly(user, 15)])
      const mine = async () => (await alertsOf()).filter(({ entity_name }) => entity_name === user)
      const [newer, older] = await mine()
      if (newer === undefined || older === undefined) throw new Error('there are not two alerts')
      const url = `/v1/alerts/${older.id}/feedback`
      const forecast = await effectOf(older.id, '?verdict=safe')
      expect(forecast.withdrawn.map(({ id }) => id)).toEqual([newer.id])
      expect(Alert.parse((await post('analyst', url, { verdict: 'safe' })).json()).status).toBe(
        'closed',
      )
      expect((await mine())[0]).toMatchObject({
        status: 'closed',
        withdrawn: { because: older.id },
      })
      await ask('analyst', { method: 'DELETE', url })
      expect(await mine()).toEqual([newer, older])
    }, 120_000)

    it('keeps to tenants and fields', async () => {
      const [any] = await alertsOf()
      const url = `/v1/alerts/${any?.id}/feedback/effect`
      expectError(await ask('other', { url: `${url}?verdict=safe` }), 404, 'not_found')
      expectError(await ask('viewer', { url: `${url}?verdict=odd` }), 400, 'invalid_request')
    })
  })
}
