import type { AccessEvent, AuthDetail, ChangeFact, FailureClass } from '@gatewatch/schema'

/** What a vendor's type of event is in OCSF's terms, whoever did it. */
export interface Kind {
  readonly class_uid: AccessEvent['class_uid']
  readonly activity_id: number
  readonly stage?: AuthDetail['stage'] | undefined
  /** What it changes where it succeeds. */
  readonly change?: ChangeFact | undefined
  /** The outcome that the type itself names. */
  readonly status_id?: AccessEvent['status_id'] | undefined
  readonly failure?: FailureClass | undefined
}

/** A step of a sign-in. */
export function signIn(stage: AuthDetail['stage'], more: Partial<Kind> = {}): Kind {
  return { class_uid: 3002, activity_id: 1, stage, ...more }
}

/** A step of a sign-in that failed, as its type says. */
export function failedSignIn(stage: AuthDetail['stage'], failure: FailureClass): Kind {
  return signIn(stage, { status_id: 2, failure })
}

/** The end of a session. */
export const signOut: Kind = { class_uid: 3002, activity_id: 2, stage: 'logoff' }

/** A change of an account: 1 create, 2 enable, 3 change and 4 reset of a password, 5 disable, 6 delete, 7 attach and 8 detach rights, 9 lock, 10 and 11 MFA on and off, 12 unlock, 99 other. */
export function account(activity_id: number, change?: ChangeFact): Kind {
  return { class_uid: 3001, activity_id, change }
}

/** A change of who may use what: 1 given, 2 taken away. */
export function access(activity_id: number, change?: ChangeFact): Kind {
  return { class_uid: 3005, activity_id, change }
}

/** A call: 1 create, 2 read, 3 update, 4 delete, 99 other. */
export function call(activity_id: number, change?: ChangeFact): Kind {
  return { class_uid: 6003, activity_id, change }
}

/** A type that nobody knows: kept and counted as unmapped. */
export const unmapped: Kind = { class_uid: 0, activity_id: 99 }

const verbs: readonly (readonly [RegExp, number])[] = [
  [/^(delet|remov|destroy|revok|purg|drop|uninstall|unlink|detach|archiv|disconnect)/, 4],
  [/^(creat|add|invit|insert|import|install|issu|generat|upload|provision|register|new)/, 1],
  [
    /^(updat|chang|edit|modif|set$|put$|renam|patch|rotat|grant|assign|enabl|disabl|alter|replac|transfer|mov|restor|reset|activ|deactiv|suspend|lock|unlock|upsert)/,
    3,
  ],
  [
    /^(read|view|list|get$|head$|fetch|download|export|search|quer|select|describ|show|reveal|copy|open|run)/,
    2,
  ],
]

/** Which of create 1, read 2, update 3, delete 4 the words of a name say; 99 where they say none. Looks at 255 characters. */
export function verbOf(name: string): number {
  const words = name
    .slice(0, 255)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
  for (const [form, verb] of verbs) if (words.some((word) => form.test(word))) return verb
  return 99
}

/** The fields of an event that its kind and outcome decide: what failed changed nothing, and what is no sign-in is a call. */
export function kindFields(
  kind: Kind,
  status_id: AccessEvent['status_id'],
  api: { readonly service: string; readonly operation: string },
): Pick<AccessEvent, 'class_uid' | 'activity_id' | 'api' | 'change'> {
  const { class_uid, activity_id, change } = kind
  return {
    class_uid,
    activity_id,
    ...(class_uid === 3002 || class_uid === 0
      ? {}
      : { api: { ...api, ...(class_uid === 6003 && activity_id === 2 && { read_only: true }) } }),
    ...(change === undefined || status_id === 2 ? {} : { change: [change] }),
  }
}
