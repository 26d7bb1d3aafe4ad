import type { AlertSummary } from '@gatewatch/schema'
import type { Message } from '../../ports/courier.ts'
import { NOON } from '../../ports/samples.contract.ts'

/** What attackers would write into names, to break out of one medium or another. */
export const HOSTILE =
  '<script>alert(1)</script> <!channel> [x](http://evil.example) *b* a|b=c\\ \r\nBcc: eve@evil.example\u202E\u0007 "q"'

/** An alert about somebody with a hostile name. */
const hostileAlert: AlertSummary = {
  id: 'a'.repeat(32),
  title: 'Impossible travel',
  severity: 'high',
  status: 'open',
  entity: 'user:eve',
  entity_name: HOSTILE,
  risk: 93.4,
  decision: 'deny',
  first_seen: NOON,
  last_seen: NOON + 60_000,
  count: 2,
  techniques: ['T1078', 'T1110'],
  reasons: [{ code: 'travel', points: 9, text: `from Oslo to ${HOSTILE}` }],
  demo: false,
}

/** A message with this alert, raised. */
export const raisedMessage: Message = {
  key: `${hostileAlert.id}.raised`,
  tenant: 'main',
  tenantId: 1,
  time: NOON,
  notices: [
    {
      about: 'alert',
      key: `${hostileAlert.id}.raised`,
      change: 'raised',
      time: NOON,
      alert: hostileAlert,
    },
  ],
}

/** The same alert, taken up by somebody. */
export const acknowledgedMessage: Message = {
  ...raisedMessage,
  key: `${hostileAlert.id}.acknowledged.1`,
  notices: [
    {
      about: 'alert',
      key: `${hostileAlert.id}.acknowledged.1`,
      change: 'acknowledged',
      time: NOON,
      alert: hostileAlert,
    },
  ],
}

/** The same alert, closed. */
export const closedMessage: Message = {
  ...raisedMessage,
  key: `${hostileAlert.id}.closed.1`,
  notices: [
    {
      about: 'alert',
      key: `${hostileAlert.id}.closed.1`,
      change: 'closed',
      time: NOON,
      alert: {
        ...hostileAlert,
        status: 'closed',
        feedback: { verdict: 'safe', by: 'ada', time: NOON },
      },
    },
  ],
}

/** A message that says that it is a test. */
export const testMessage: Message = {
  ...raisedMessage,
  key: 'test.1',
  notices: [{ about: 'test', key: 'test.1', time: NOON, by: 'ada' }],
}

/** As many alerts in one message. */
export function digestMessage(count: number): Message {
  const [notice] = raisedMessage.notices
  return { ...raisedMessage, key: 'digest.1', notices: [notice, ...Array(count - 1).fill(notice)] }
}
