import type { Story, Told } from './story.ts'

const opened =
  /^pam_unix\(([\w-]{1,64}):session\): session (opened|closed) for user ([^\s(]{1,255})(?:\(uid=\d{1,10}\))?(?: by ([^\s(]{1,255})?\(uid=\d{1,10}\))?/
const failed = /^pam_[a-z]{1,16}\(([\w-]{1,64}):auth\): authentication failure;(.*)$/
const sudoRefused =
  /^ *(\S{1,255}) : (user NOT in sudoers|command not allowed|\d{1,3} incorrect password attempts?|a password is required)/

const switched = { class_uid: 3002, activity_id: 7, stage: 'session' } as const

/** What `sudo` tells: which command is run as whom, or why not. Its arguments stay behind: they may hold secrets. */
export function readSudo(message: string): Told {
  const refusal = sudoRefused.exec(message)
  const user = /^ *(\S{1,255}) : /.exec(message)?.[1]
  const target = wordBehind(message, ' ; USER=')
  const operation = wordBehind(message, ' ; COMMAND=')
  const story: Story = {
    ...{ class_uid: 6003, activity_id: 99, activity: 'sudo', status_id: 1 },
    ...(user === undefined ? {} : { user }),
    ...(target === undefined ? {} : { target }),
    operation: operation ?? 'sudo',
  }
  if (refusal === null) return operation === undefined ? repeated(message) : story
  const isPassword = /password/.test(refusal[2] ?? '')
  const failure = isPassword ? 'bad_credentials' : 'unauthorized'
  return {
    ...story,
    user: refusal[1] ?? '',
    status_id: 2,
    failure,
    activity: `sudo: ${refusal[2]}`,
  }
}

function wordBehind(text: string, mark: string): string | undefined {
  const at = text.indexOf(mark)
  return at === -1 ? undefined : text.slice(at + mark.length).split(' ', 1)[0]
}

function repeated(message: string): Told {
  return message.startsWith('pam_') ? { skip: 'PAM says what sudo says itself' } : 'unknown'
}

/** What `su`, `login`, a desktop or another program tells through PAM. */
export function readPam(message: string, program: string): Told {
  const session = opened.exec(message)
  if (session !== null) {
    const [, service = '', what, target = '', by] = session
    if (/^(cron|crond|systemd-user|sudo|atd)$/.test(service))
      return { skip: 'a session that no person began' }
    if (what === 'closed') return { skip: 'the end of a session' }
    // Without a name behind `by` the session is the person's own.
    if (by === undefined || by === target)
      return {
        ...switched,
        activity_id: 1,
        activity: `${service}: session opened`,
        status_id: 1,
        user: target,
      }
    return { ...switched, activity: `${service}: session opened`, status_id: 1, user: by, target }
  }
  const failure = failed.exec(message)
  if (failure === null) return { skip: `a remark of ${program}` }
  const fields = fieldsIn(failure[2] ?? '')
  const user = fields.get('user') ?? fields.get('ruser')
  const from = fields.get('rhost')
  return {
    ...{ class_uid: 3002, activity_id: 1, activity: `${failure[1]}: authentication failure` },
    ...{ status_id: 2, failure: 'bad_credentials', stage: 'primary', isOwnAttempt: true },
    ...(user === undefined ? {} : { user }),
    ...(from === undefined ? {} : { from }),
  }
}

/** `logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1  user=root`. */
function fieldsIn(text: string): ReadonlyMap<string, string> {
  const pairs = text
    .slice(0, 2_048)
    .split(' ')
    .flatMap((one): [string, string][] => {
      const sign = one.indexOf('=')
      return sign < 1 || sign === one.length - 1 ? [] : [[one.slice(0, sign), one.slice(sign + 1)]]
    })
  return new Map(pairs)
}
