import { access, account, call, type Kind, signIn, signOut, unmapped } from '../values/kind.ts'

/** What a number of the Security log is, and of whom it speaks. */
export interface WindowsEvent {
  readonly name: string
  readonly kind: Kind
  /** `target`: whoever signs in is the target of the record. `subject`: the subject acts, on the target where there is one. */
  readonly who: 'target' | 'subject'
}

const target = (name: string, kind: Kind): WindowsEvent => ({ name, kind, who: 'target' })
const subject = (name: string, kind: Kind): WindowsEvent => ({ name, kind, who: 'subject' })
const failed = (stage: 'primary' | 'sso') => signIn(stage, { status_id: 2 })

const events: Readonly<Record<number, WindowsEvent>> = {
  1102: subject('audit log cleared', call(4, 'disables_logging')),
  4624: target('logon', signIn('primary', { status_id: 1 })),
  4625: target('logon failed', failed('primary')),
  4634: target('logoff', signOut),
  4647: target('logoff by the user', signOut),
  4648: subject(
    'logon with explicit credentials',
    signIn('policy', { activity_id: 7, status_id: 99 }),
  ),
  4649: target('replay attack', { class_uid: 2004, activity_id: 1 }),
  4662: subject('operation on a directory object', call(2)),
  4663: subject('access to an object', call(2)),
  4672: subject('special privileges', { class_uid: 3003, activity_id: 1 }),
  4688: subject('process created', call(99)),
  4697: subject('service installed', call(1)),
  4698: subject('scheduled task created', call(1)),
  4699: subject('scheduled task deleted', call(4)),
  4702: subject('scheduled task updated', call(3)),
  4704: subject('user right assigned', access(1)),
  4719: subject('audit policy changed', call(3, 'disables_logging')),
  4720: subject('user created', account(1)),
  4722: subject('user enabled', account(2)),
  4723: subject('password change', account(3)),
  4724: subject('password reset', account(4)),
  4725: subject('user disabled', account(5)),
  4726: subject('user deleted', account(6)),
  4728: subject('member added to global group', access(1)),
  4729: subject('member removed from global group', access(2)),
  4732: subject('member added to local group', access(1)),
  4733: subject('member removed from local group', access(2)),
  4738: subject('user changed', account(99)),
  4740: subject('user locked out', account(9)),
  4756: subject('member added to universal group', access(1)),
  4757: subject('member removed from universal group', access(2)),
  4767: subject('user unlocked', account(12)),
  4768: target('Kerberos ticket asked for', signIn('primary')),
  4769: target('Kerberos service ticket asked for', signIn('sso')),
  4770: target(
    'Kerberos service ticket renewed',
    signIn('token', { activity_id: 5, status_id: 1 }),
  ),
  4771: target('Kerberos preauthentication failed', failed('primary')),
  4776: target('NTLM credentials validated', signIn('primary')),
  4778: target('session reconnected', signIn('session', { status_id: 1 })),
  4779: target('session disconnected', signOut),
  4781: subject('account renamed', account(99)),
  4800: target('workstation locked', signIn('policy', { status_id: 99 })),
  4801: target('workstation unlocked', signIn('session', { status_id: 1 })),
  5140: subject('share opened', call(2)),
  5145: subject('file of a share checked', call(2)),
}

/** What a number means; one that is not listed is kept as unmapped. */
export function windowsEvent(id: number): WindowsEvent {
  return events[id] ?? { name: `event ${id}`, kind: unmapped, who: 'subject' }
}
