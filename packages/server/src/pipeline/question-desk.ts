import { randomUUID } from 'node:crypto'
import type {
  Alert,
  Answer,
  ChannelSettings,
  Notice,
  Question,
  QuestionCreated,
  QuestionRequest,
} from '@gatewatch/schema'
import { fault } from '../errors.ts'
import type { Accounts } from '../ports/accounts.ts'
import type { Courier } from '../ports/courier.ts'
import type { Incidents } from '../ports/incidents.ts'
import type { Outbox } from '../ports/outbox.ts'
import type { Questions } from '../ports/questions.ts'
import type { Reader } from '../ports/reader.ts'
import type { Store, TenantId } from '../ports/store.ts'
import type { Vault } from '../ports/vault.ts'
import { unsealed } from './channel-settings.ts'
import type { Pipeline } from './pipeline.ts'
import { isSigned, readToken, signToken } from './question-token.ts'
import { type Answering, whyNotCounted } from './same-visitor.ts'

/** Most questions about one alert. */
const MOST = 10

/** Asks identities whether events were theirs, by links that work once. What names no alert is a fault. */
export interface QuestionDesk {
  /** `site` is the address of this installation. */
  ask(
    tenant: TenantId,
    alert: string,
    request: QuestionRequest,
    by: string,
    site: string,
  ): Promise<QuestionCreated>
  of(tenant: TenantId, alert: string): Promise<readonly Question[]>
  /** What a link asks about; changes nothing. Null: it is none of ours, was used, or is over. */
  look(token: string): Promise<Alert | null>
  /** Takes the answer, once; null as for `look`. */
  answer(token: string, answer: Answer, from: Answering): Promise<Question | null>
}

/** What the desk needs; `clock` in ms, UTC. */
export interface QuestionParts {
  readonly questions: Questions
  readonly accounts: Pick<Accounts, 'tenant'>
  readonly reader: Pick<Reader, 'alert'>
  readonly store: Store
  readonly incidents: Pick<Incidents, 'edit'>
  readonly outbox: Pick<Outbox, 'channels'>
  readonly vault: Vault
  readonly courier: Courier
  readonly pipeline: Pick<Pipeline, 'feedback'>
  readonly clock: () => number
}

/** The desk over these parts. */
export function createQuestionDesk(parts: QuestionParts): QuestionDesk {
  const { questions, accounts, reader, clock } = parts

  async function secretOf(tenant: TenantId): Promise<Uint8Array | null> {
    return (await accounts.tenant(tenant))?.hashKey ?? null
  }

  /** The open question of a link that holds. */
  async function open(token: string): Promise<{ tenant: TenantId; question: Question } | null> {
    const claims = readToken(token)
    if (claims === null) return null
    const secret = await secretOf(claims.tenant)
    if (secret === null || !isSigned(token, secret) || clock() >= claims.expires) return null
    const question = await questions.get(claims.tenant, claims.id)
    if (question === null || question.answer !== null) return null
    return { tenant: claims.tenant, question }
  }

  return {
    async ask(tenant, id, { minutes, channel }, by, site) {
      const found = await reader.alert(tenant, id)
      if (found === null) throw fault('not_found', `There is no alert ${id}.`)
      const { alert } = found
      const events = await parts.store.transact(tenant, (batch) => batch.learnedOf(id))
      if (new Set(events?.map(({ input }) => input.entity.key)).size > 1) {
        throw fault(
          'invalid_request',
          'The alert is about several identities; none can answer for all.',
        )
      }
      if ((await questions.of(tenant, id)).length >= MOST) {
        throw fault('invalid_request', `It was asked ${MOST} times about this alert already.`)
      }
      const secret = await secretOf(tenant)
      if (secret === null) throw new Error(`there is no tenant ${tenant}`)
      const asked = clock()
      const question: Question = {
        id: randomUUID(),
        alert: id,
        entity: alert.entity,
        asked,
        by,
        expires: asked + minutes * 60_000,
        sent_to: channel === undefined ? null : addressOf(alert),
        answer: null,
        answered: null,
        counted: false,
        why: null,
      }
      const token = signToken({ tenant, id: question.id, expires: question.expires }, secret)
      const url = `${site.replace(/\/+$/, '')}/was-this-you?token=${token}`
      await questions.add(tenant, question)
      if (channel === undefined) return { ...question, url }
      await mail(tenant, channel, question, alert, url)
      return { ...question, url: null }
    },
    of: (tenant, alert) => questions.of(tenant, alert),
    async look(token) {
      const known = await open(token)
      if (known === null) return null
      return (await reader.alert(known.tenant, known.question.alert))?.alert ?? null
    },
    async answer(token, answer, from) {
      const known = await open(token)
      if (known === null) return null
      const { tenant, question } = known
      const alert = (await reader.alert(tenant, question.alert))?.alert
      if (alert === undefined) return null
      const time = clock()
      const why =
        whyNotCounted(alert.event, from) ??
        (alert.feedback === undefined ? null : 'somebody had judged the alert already')
      const given = { answer, answered: time, why: why ?? 'it is being taken' }
      if (!(await questions.answer(tenant, question.id, given))) return null
      const by = `${alert.entity_name}, asked`
      const said = answer === 'me' ? 'says that it was them' : 'says that it was not them'
      if (why === null) {
        const verdict = answer === 'me' ? 'safe' : 'compromised'
        await parts.pipeline.feedback(tenant, alert.id, { verdict, by, time, comment: said })
        await questions.count(tenant, question.id)
      }
      if (alert.incident !== undefined) {
        const text = why === null ? said : `${said}; not counted: ${why}`
        const note = { time, by, change: 'comment' as const, text }
        await parts.incidents.edit(tenant, alert.incident, {}, [note], () => [])
      }
      return questions.get(tenant, question.id)
    },
  }

  async function mail(
    tenant: TenantId,
    channel: string,
    question: Question,
    alert: Alert,
    url: string,
  ): Promise<void> {
    const stored = (await parts.outbox.channels(tenant)).find(({ id }) => id === channel)
    if (stored?.settings.kind !== 'email') {
      throw fault('invalid_request', `channel: ${channel} is no e-mail channel.`)
    }
    const settings = unsealed(parts.vault, stored)
    if (settings.kind !== 'email' || question.sent_to === null) throw new Error('no mailbox')
    const own: ChannelSettings = { ...settings, to: [question.sent_to] }
    const notice: Notice = {
      about: 'question',
      key: `question.${question.id}`,
      time: question.asked,
      expires: question.expires,
      what: eventFacts(alert),
      url,
    }
    const sent = await parts.courier(own, {
      key: notice.key,
      tenantId: tenant,
      tenant: (await accounts.tenant(tenant))?.name ?? '',
      time: question.asked,
      notices: [notice],
    })
    if (sent.kind !== 'sent') {
      throw fault('invalid_request', `The question could not be mailed: ${sent.why}`)
    }
  }
}

/** The identity's own mailbox, as its log has it. */
function addressOf({ event, entity_name }: Alert): string {
  const { email_addr, name } = event.actor
  const found = [email_addr, name, entity_name].find(
    (one) => one !== undefined && /^[^\s\p{C}<>"@,;]+@[a-z0-9.-]+$/iu.test(one),
  )
  if (found === undefined) {
    throw fault(
      'invalid_request',
      'channel: no mailbox of this identity is known; leave channel out, and send the link yourself.',
    )
  }
  return found
}

/** What the one who is asked is told of an event: when, from where, with what. */
export function eventFacts({ event, context }: Alert): [string, string][] {
  const { city, country } = context.place ?? {}
  const where = [city, country].filter((one) => one !== undefined).join(', ')
  const { browser, os } = context.client
  const device = [browser, os].filter((one) => one !== undefined).join(' on ')
  return [
    ['What', event.activity],
    ['When', `${new Date(event.time).toISOString().slice(0, 16).replace('T', ' ')} UTC`],
    ...(where === '' ? [] : [['Where', where] as [string, string]]),
    ...(event.src.ip === undefined ? [] : [['Address', event.src.ip] as [string, string]]),
    ...(device === '' ? [] : [['With', device] as [string, string]]),
  ]
}
