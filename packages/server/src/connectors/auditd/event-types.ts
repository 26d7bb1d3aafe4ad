import { access, account, call, type Kind, signIn, signOut, unmapped } from '../values/kind.ts'

/** What a type of record is, or why it is left out: `skip`. */
export type AuditKind = Kind | { readonly skip: string }

const part = { skip: 'a part of another event' } as const
const step = { skip: 'a step of a sign-in that another record tells of' } as const

const kinds: Readonly<Record<string, AuditKind>> = {
  USER_LOGIN: signIn('session'),
  USER_AUTH: signIn('primary'),
  USER_ERR: signIn('primary'),
  USER_LOGOUT: signOut,
  USER_END: signOut,
  USER_START: signIn('session', { activity_id: 7 }),
  USER_ACCT: step,
  USER_ROLE_CHANGE: step,
  CRED_ACQ: step,
  CRED_REFR: step,
  CRED_DISP: step,
  LOGIN: step,
  CRYPTO_KEY_USER: { skip: 'the keys of a connection' },
  CRYPTO_SESSION: { skip: 'the keys of a connection' },
  USER_CMD: call(99),
  SYSCALL: call(99),
  ADD_USER: account(1),
  DEL_USER: account(6),
  USER_MGMT: account(99),
  USER_CHAUTHTOK: account(3),
  CHUSER_ID: account(99),
  ACCT_LOCK: account(9),
  RESP_ACCT_LOCK: account(9),
  ACCT_UNLOCK: account(12),
  ADD_GROUP: call(1),
  DEL_GROUP: call(4),
  GRP_MGMT: access(1),
  CHGRP_ID: access(1),
  ROLE_ASSIGN: access(1),
  ROLE_REMOVE: access(2),
  CONFIG_CHANGE: call(3),
  DAEMON_START: call(99),
  DAEMON_CONFIG: call(3),
  DAEMON_END: call(3, 'disables_logging'),
  DAEMON_ABORT: call(3, 'disables_logging'),
  SERVICE_START: call(99),
  SERVICE_STOP: call(99),
  SYSTEM_BOOT: call(99),
  SYSTEM_SHUTDOWN: call(99),
  EXECVE: part,
  PATH: part,
  CWD: part,
  PROCTITLE: part,
  SOCKADDR: part,
  EOE: part,
  BPRM_FCAPS: part,
}

/** What a type of record is; one that is not listed is unmapped, what auditd itself finds odd is a finding. */
export function auditKind(type: string): AuditKind {
  if (Object.hasOwn(kinds, type)) return kinds[type] ?? unmapped
  return type.startsWith('ANOM_') ? { class_uid: 2004, activity_id: 1 } : unmapped
}
