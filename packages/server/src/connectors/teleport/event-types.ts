import { entryOf } from '../values/fields.ts'
import {
  access,
  account,
  call,
  type Kind,
  signIn,
  signOut,
  unmapped,
  verbOf,
} from '../values/kind.ts'

const named: Readonly<Record<string, Kind>> = {
  'user.login': signIn('primary'),
  auth: signIn('policy'),
  'session.start': signIn('sso'),
  'app.session.start': signIn('sso'),
  'db.session.start': signIn('sso'),
  'windows.desktop.session.start': signIn('sso'),
  'session.end': signOut,
  'app.session.end': signOut,
  'db.session.end': signOut,
  'windows.desktop.session.end': signOut,
  'client.disconnect': signOut,
  'cert.create': signIn('token', { activity_id: 3 }),
  'user.create': account(1),
  'user.update': account(99),
  'user.delete': account(6),
  'user.password_change': account(3),
  'mfa.add': account(10),
  'mfa.delete': account(11, 'weakens_mfa'),
  'reset_password_token.create': account(4),
  'recovery_token.create': account(4),
  'lock.created': account(9),
  'lock.deleted': account(12),
  'access_request.create': access(1),
  'access_request.review': access(1),
  'access_request.update': access(1),
  'access_list.member.create': access(1),
  'access_list.member.delete': access(2),
  'join_token.create': call(1, 'creates_credential'),
  'token.create': call(1, 'creates_credential'),
  'bot.create': call(1, 'creates_credential'),
  'bot.join': signIn('token', { activity_id: 3 }),
  'instance.join': signIn('token', { activity_id: 3 }),
  'session.command': call(99),
  exec: call(99),
  'kube.request': call(99),
  'db.session.query': call(99),
  'session.recording.access': call(2),
  subsystem: call(99),
  port: call(99),
}

/** What an event of Teleport's log is. One without a word that is known is unmapped. */
export function eventKind(name: string): Kind {
  const own = entryOf(named, name)
  if (own !== undefined) return own
  const verb = verbOf(name)
  return verb === 99 ? unmapped : call(verb)
}
