import type { FailureClass } from '@gatewatch/schema'
import { entryOf } from '../values/fields.ts'
import type { Story, Told } from './story.ts'

const signIn = { class_uid: 3002, activity_id: 1 } as const

const methods: Readonly<Record<string, NonNullable<Story['factor']>>> = {
  password: 'password',
  publickey: 'ssh_key',
  'keyboard-interactive': 'other',
  'gssapi-with-mic': 'kerberos',
  'gssapi-keyex': 'kerberos',
  hostbased: 'other',
}

/**
 * What a message of sshd tells. Names of users are whatever the client sends, spaces and ` from ` among it, so a line is read from its
 * end: the address stands behind the last ` from `. Linear in the length of the message.
 */
export function readSshd(message: string): Told {
  const text = message.replace(/^(error|fatal|info): /, '')
  const verb = /^(Accepted|Failed|Partial|Postponed) (\S{1,64}) for /.exec(text)
  if (verb !== null) return tried(text, verb[1] ?? '', verb[2] ?? '', verb[0].length)
  for (const [form, tell] of sentences) {
    const found = form.exec(text)
    if (found !== null) return tell(text, found[0].length)
  }
  return noise.find(([form]) => form.test(text))?.[1] ?? 'unknown'
}

function tried(text: string, verb: string, method: string, start: number): Told {
  const peer = peerIn(text, start)
  if (peer === undefined) return 'unknown'
  const named = text.slice(start, peer.start)
  const isInvalid = named.startsWith('invalid user ')
  const user = isInvalid ? named.slice(13) : named
  const factor = entryOf(methods, method.split('/')[0])
  const story: Story = {
    ...signIn,
    activity: `${verb} ${method}`,
    status_id: 99,
    user,
    from: peer.from,
    stage: 'primary',
    ...(peer.port === undefined ? {} : { port: peer.port }),
    ...(factor === undefined ? {} : { factor }),
    ...(peer.key === undefined ? {} : { key: peer.key }),
  }
  if (verb === 'Accepted') return { ...story, status_id: 1 }
  // A client asks what it may try, and offers one key after the other: neither is a wrong credential.
  if (verb !== 'Failed' || method === 'none' || (method === 'publickey' && !isInvalid)) return story
  const failure: FailureClass = isInvalid ? 'unknown_user' : 'bad_credentials'
  return { ...story, status_id: 2, failure, isOwnAttempt: !isInvalid }
}

interface Peer {
  /** Where ` from ` begins. */
  readonly start: number
  readonly from: string
  readonly port: number | undefined
  readonly key: string | undefined
}

const behindFrom = /^(\S{1,255})(?: port (\d{1,5}))?(?:,? (.*))?$/
const fingerprint =
  /(?:^|[ :])((?:SHA256:[A-Za-z0-9+/=]{16,64})|(?:[0-9a-f]{2}(?::[0-9a-f]{2}){15}))/

/** Who is at the other end, from the last ` from ` on behind which an address can stand. */
function peerIn(text: string, after: number): Peer | undefined {
  const start = text.lastIndexOf(' from ')
  if (start < after - 1) return undefined
  const found = behindFrom.exec(text.slice(start + 6))
  const from = found?.[1]
  if (found === null || from === undefined) return undefined
  const port = found[2] === undefined ? undefined : Math.min(65_535, Number(found[2]))
  return { start, from, port, key: fingerprint.exec((found[3] ?? '').slice(0, 512))?.[1] }
}

type Tell = (text: string, start: number) => Told

/** `USER from ADDRESS port N` behind the words that were recognised. */
const userFrom =
  (rest: Omit<Story, 'activity' | 'user' | 'from' | 'port'>, activity: string): Tell =>
  (text, start) => {
    const peer = peerIn(text, start)
    if (peer === undefined) return 'unknown'
    const named = text.slice(start, Math.max(start, peer.start))
    const port = peer.port === undefined ? {} : { port: peer.port }
    const user = named.replace(/^invalid user /, '')
    return { ...rest, activity, from: peer.from, ...port, ...(user === '' ? {} : { user }) }
  }

/** `USER ADDRESS port N`: the address is the last word before the port. */
const userAt =
  (rest: Omit<Story, 'activity' | 'user' | 'from' | 'port'>, activity: string): Tell =>
  (text, start) => {
    const end = text.lastIndexOf(' port ')
    const middle = text.lastIndexOf(' ', end - 1)
    if (end <= start || middle < start) return 'unknown'
    const port = Number.parseInt(text.slice(end + 6, end + 11), 10)
    return {
      ...rest,
      activity,
      user: text.slice(start, middle),
      from: text.slice(middle + 1, end),
      ...(port >= 0 && port <= 65_535 ? { port } : {}),
    }
  }

const unknownUser = { ...signIn, status_id: 2, failure: 'unknown_user', stage: 'primary' } as const
const given = { ...signIn, status_id: 99, stage: 'primary' } as const
const refused = { ...signIn, status_id: 2, stage: 'policy' } as const

const sentences: readonly (readonly [RegExp, Tell])[] = [
  [/^Invalid user /, userFrom(unknownUser, 'Invalid user')],
  [
    /^(Connection closed|Connection reset|Disconnected) (by|from) invalid user /,
    userAt(unknownUser, 'Invalid user'),
  ],
  [
    /^(Connection closed|Connection reset|Disconnected) (by|from) authenticating user /,
    userAt(given, 'Gave up'),
  ],
  [
    /^Disconnected from user /,
    userAt({ class_uid: 3002, activity_id: 2, status_id: 1, stage: 'logoff' }, 'Disconnected'),
  ],
  [
    /^maximum authentication attempts exceeded for /i,
    userFrom({ ...refused, failure: 'rate_limited' }, 'maximum authentication attempts exceeded'),
  ],
  [/^User (?!child )/, notAllowed],
  [
    /^ROOT LOGIN REFUSED FROM /,
    () => ({ ...refused, activity: 'ROOT LOGIN REFUSED', failure: 'policy_blocked', user: 'root' }),
  ],
]

/** `User NAME from ADDRESS not allowed because REASON`. */
function notAllowed(text: string, start: number): Told {
  const end = text.lastIndexOf(' not allowed because ')
  const from = text.lastIndexOf(' from ', end)
  if (end === -1 || from < start) return 'unknown'
  const reason = text.slice(end + 21)
  return {
    ...refused,
    activity: 'User not allowed',
    failure: /locked/.test(reason) ? 'locked' : 'policy_blocked',
    user: text.slice(start, from),
    from: text.slice(from + 6, end),
  }
}

const pam = { skip: 'PAM says what sshd says itself' }
const connection = { skip: 'a connection without sign-in' }
const noise: readonly (readonly [RegExp, { readonly skip: string }])[] = [
  [/^(pam_[a-z0-9_]{1,32}\(|PAM|input_userauth_request)/, pam],
  [
    /^(Connection (from|closed|reset)|Received disconnect|Disconnect(ed|ing)|Did not receive identification|Timeout|ssh_dispatch)/,
    connection,
  ],
  [
    /^(Bad (protocol|packet)|Unable to negotiate|kex_|banner exchange|Protocol major|no matching|beginning MaxStartups|drop connection|Accepted key|Accepted certificate)/,
    connection,
  ],
  [
    /^(reverse mapping|Address \S{1,255} maps to|Nasty PTR)/,
    { skip: 'a remark on the name of an address' },
  ],
  [
    /^(Server listening|Received (signal|SIGHUP)|Exiting|Starting session|Close session|Could not load|User child|session opened|subsystem request|Transferred|Closing connection|rexec|Missing privilege|Set \/proc)/i,
    { skip: 'what sshd does itself' },
  ],
]
