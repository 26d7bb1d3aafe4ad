import { AlertPage, IncidentDetail, IncidentPage } from '@gatewatch/schema'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Asker, expectError, json, signIn } from './asker.contract.ts'

/** Incidents over HTTP. */
export function testIncidents({ ask, post }: Asker): void {
  describe('gathers alerts into incidents', () => {
    const entity = 'user:wrecker@example.com'
    let id = ''
    const look = async () =>
      IncidentDetail.parse((await ask('viewer', { url: `/v1/incidents/${id}` })).json())
    const patch = (who: 'analyst' | 'viewer' | 'other', body: object, at = id) =>
      ask(who, {
        method: 'PATCH',
        url: `/v1/incidents/${at}`,
        headers: json,
        payload: JSON.stringify(body),
      })

    beforeAll(async () => {
      const start = Date.now() - 3_600_000
      const deletions = Array.from({ length: 60 }, (_, n) =>
        signIn(`wreck-${n}`, 'wrecker@example.com', {
          time: start + n * 2_000,
          api: { service: 'ec2.amazonaws.com', operation: 'TerminateInstances' },
        }),
      )
      const before = signIn('wreck-before', 'wrecker@example.com', { time: start - 60_000 })
      await post('ingest', '/v1/events', [before, ...deletions])
      const url = `/v1/incidents?entity=${encodeURIComponent(entity)}`
      const page = IncidentPage.parse((await ask('viewer', { url })).json())
      expect(page.incidents).toHaveLength(1)
      id = page.incidents[0]?.id ?? ''
    }, 30_000)

    it('tells its story in order, with what the identity did besides', async () => {
      const incident = await look()
      expect(incident).toMatchObject({ entity, status: 'open', kind: 'identity', hidden: false })
      expect(incident.alert_list.every((alert) => alert.incident === id)).toBe(true)
      const times = incident.storyline.map(({ time }) => time)
      expect(times).toEqual([...times].sort((a, b) => a - b))
      expect(incident.storyline.some(({ alert }) => alert !== null)).toBe(true)
      expect(incident.storyline.find(({ uid }) => uid === 'wreck-before')?.alert).toBeNull()
      expect(incident.history[0]).toMatchObject({ change: 'alert', by: 'gatewatch' })
    })

    it('is taken up, handed on, commented and closed with a verdict; its alerts with it', async () => {
      const taken = await patch('analyst', {
        status: 'in_progress',
        assignee: 'ada',
        comment: 'mine',
      })
      expect(IncidentDetail.parse(taken.json())).toMatchObject({
        status: 'in_progress',
        assignee: 'ada',
      })
      const since = Date.now() - 1
      const said = await post('analyst', `/v1/incidents/${id}/comments`, { text: 'asked her' })
      expect(said.statusCode, said.body).toBe(200)
      const news = await ask('viewer', { url: `/v1/incidents/${id}?since=${since}` })
      expect(IncidentDetail.parse(news.json()).history.map(({ text }) => text)).toContain(
        'asked her',
      )
      const closed = await patch('analyst', { status: 'closed', verdict: 'compromised' })
      const incident = IncidentDetail.parse(closed.json())
      expect(incident).toMatchObject({ status: 'closed', verdict: 'compromised' })
      for (const alert of incident.alert_list) {
        expect(alert).toMatchObject({ status: 'closed', feedback: { verdict: 'compromised' } })
      }
      expect(incident.history.map(({ by, change, text }) => [by, change, text])).toEqual(
        expect.arrayContaining([
          ['analyst key', 'status', 'in_progress'],
          ['analyst key', 'assignee', 'ada'],
          ['analyst key', 'comment', 'mine'],
          ['analyst key', 'status', 'closed: compromised'],
        ]),
      )
      const alerts = await ask('viewer', { url: `/v1/alerts?entity=${encodeURIComponent(entity)}` })
      const open = AlertPage.parse(alerts.json()).alerts.filter(({ status }) => status === 'open')
      expect(open).toEqual([])
    })

    it('can be opened again by hand, without a verdict until it is closed with one', async () => {
      const reopened = await patch('analyst', { status: 'in_progress' })
      expect(reopened.json()).toMatchObject({ status: 'in_progress', verdict: null })
      const closed = await patch('analyst', { status: 'closed', verdict: 'compromised' })
      expect(closed.json()).toMatchObject({ status: 'closed', verdict: 'compromised' })
    })

    it('what was said of alerts is taken back, and said of many at once', async () => {
      const alerts = (await look()).alert_list.map((alert) => alert.id)
      for (const alert of alerts) {
        const url = `/v1/alerts/${alert}/feedback`
        const back = await ask('analyst', { method: 'DELETE', url })
        expect(back.json(), back.body).toMatchObject({ id: alert, status: 'open' })
        expectError(await ask('other', { method: 'DELETE', url }), 404, 'not_found')
      }
      expect(await look()).toMatchObject({ status: 'open', verdict: null })
      const body = {
        alerts: [...alerts, 'none', ...alerts],
        verdict: 'dismissed',
        comment: 'known',
      }
      const said = await post('analyst', '/v1/feedback', body)
      expect(said.json(), said.body).toEqual({ judged: alerts, missing: ['none'] })
      expect(await look()).toMatchObject({ status: 'closed', verdict: 'dismissed' })
      const others = await post('other', '/v1/feedback', body)
      expect(others.json()).toEqual({ judged: [], missing: [...alerts, 'none'] })
      const none = await post('analyst', '/v1/feedback', { ...body, alerts: [] })
      expectError(none, 400, 'invalid_request')
    })

    it('keeps to roles, tenants and fields', async () => {
      expectError(await patch('viewer', { status: 'acknowledged' }), 403, 'forbidden')
      expectError(await patch('other', { status: 'acknowledged' }), 404, 'not_found')
      expectError(await ask('other', { url: `/v1/incidents/${id}` }), 404, 'not_found')
      expectError(await patch('analyst', { status: 'acknowledged' }, 'none'), 404, 'not_found')
      for (const wrong of [
        { status: 'closed' },
        { verdict: 'safe' },
        { status: 'gone' },
        { x: 1 },
      ]) {
        expectError(await patch('analyst', wrong), 400, 'invalid_request')
      }
      const blank = await post('analyst', `/v1/incidents/${id}/comments`, { text: '  ' })
      expectError(blank, 400, 'invalid_request')
      expectError(await ask('viewer', { url: '/v1/incidents?cursor=x' }), 400, 'invalid_request')
      const odd = await patch('analyst', { assignee: 'ada\0' })
      expect(odd.statusCode, odd.body).toBe(200)
    })
  })
}
