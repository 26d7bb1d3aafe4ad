import type { AccessEvent, Severity } from '@gatewatch/schema'
import type { Effects } from '../effects.ts'
import type { Session } from '../profile/session.ts'
import { remembered } from '../remembered.ts'
import type { Signals } from '../types.ts'
import { found, type Rule, type RuleExample } from './rule.ts'
import { hasEffect, operationOf, sensitiveOperation } from './sensitive-operations.ts'

/** What an action is, for chains. Classes are not exclusive; an action is the sum of its bits. */
const CLASS = {
  enumerate: 1,
  identity: 2,
  grant: 4,
  raise: 8,
  credential: 16,
  blind: 32,
  copy: 64,
  share: 128,
  secret: 256,
  destroy: 512,
  trust: 1024,
  assume: 2048,
  hand: 4096,
  compute: 8192,
  run: 16_384,
} as const

const ENUMERATES =
  /^(?:GetCallerIdentity|GetAccountAuthorizationDetails|SimulatePrincipalPolicy|List(?:Users|Roles|Groups|Policies|AccessKeys|Attached\w+|UserPolicies|RolePolicies)|Get(?:User|Role)Policy)$/
const MAKES_IDENTITY =
  /^(?:CreateUser|CreateServiceAccount|google\.iam\.admin\.v1\.CreateServiceAccount|Add user|user\.lifecycle\.create)$/
const COPIES = /^(?:Create(?:DB|DBCluster)?Snapshot|Copy(?:DB|DBCluster)?Snapshot|CreateImage)$/
const ASSUMES = /^AssumeRole/
const COMPUTES = /^(?:CreateFunction|RunInstances$|CreateStack$|CreateNotebookInstance$|RunTask$)/
const RUNS = /^(?:Invoke|StartInstances$|ExecuteStatement$|SendCommand$)/

/** The classes that an operation's name alone tells, as bits. */
const classesOfName = remembered((name) => {
  let bits = 0
  if (ENUMERATES.test(name)) bits |= CLASS.enumerate
  if (MAKES_IDENTITY.test(name)) bits |= CLASS.identity
  if (COPIES.test(name)) bits |= CLASS.copy
  if (ASSUMES.test(name)) bits |= CLASS.assume
  if (name === 'PassRole') bits |= CLASS.hand
  if (COMPUTES.test(name)) bits |= CLASS.compute
  if (RUNS.test(name)) bits |= CLASS.run
  return bits
})

/** Does an operation only find out who is there, and what they may do? */
export function enumerates(operation: string): boolean {
  return (classesOfName(operation) & CLASS.enumerate) !== 0
}

/** The classes of an action that succeeded, as bits; 0 for one that was refused or belongs to none. */
export function classesOf(event: AccessEvent, effects: Effects): number {
  if (event.status_id !== 1 || event.class_uid === 3002) return 0
  const known = sensitiveOperation(event)
  const effect = known?.effect
  let bits = classesOfName(operationOf(event))
  if (effect === 'admin_grant') bits |= CLASS.grant
  if (hasEffect(event, 'admin_grant', 'grants_admin')) bits |= CLASS.grant | CLASS.raise
  if (hasEffect(event, 'credential_create', 'creates_credential')) bits |= CLASS.credential
  if (hasEffect(event, 'logging_off', 'disables_logging')) bits |= CLASS.blind
  if (hasEffect(event, 'protection_off', 'disables_protection')) bits |= CLASS.blind
  if (hasEffect(event, 'share_out', 'shares_outside')) bits |= CLASS.share
  if (effect === 'secret_read' && (known?.weight ?? 0) >= 4) bits |= CLASS.secret
  if (effects.deletes || effect === 'recovery_off') bits |= CLASS.destroy
  if (effect === 'trust_change') bits |= CLASS.trust
  return bits
}

/** A chain of actions within one session, other actions in between allowed. */
interface Chain {
  readonly code: string
  readonly title: string
  readonly severity: Severity
  readonly points: number
  readonly techniques: readonly string[]
  /** One after the other; an action that has any bit of a step takes it. */
  readonly steps: readonly number[]
  /** Must the action that completes the chain be new to the identity? For what administrators do every day. */
  readonly mustBeNew: boolean
  /**
   * Least nats of a strange sign-in, network and client program that the session must hold; 0: none. Somebody who tears down an
   * environment, or sets up an account for the first time, does it from where they always work, with what they always use.
   */
  readonly strangeness: number
  readonly sentence: string
  readonly why: string
  readonly falsePositives: string
  readonly runbook: string
  /** Operations that complete it, in order, for the examples and the tests. */
  readonly example: readonly string[]
}

/** At most eight: each has four bits of a session's memory. */
export const chains: readonly Chain[] = [
  {
    code: 'back_door_identity',
    title: 'A second identity with rights and a key',
    severity: 'high',
    points: 2.5,
    techniques: ['T1136.003', 'T1098.001'],
    steps: [CLASS.identity, CLASS.grant | CLASS.credential, CLASS.grant | CLASS.credential],
    mustBeNew: true,
    strangeness: 4,
    sentence: 'an identity was made, given rights and a credential',
    why: 'An intruder who was noticed comes back through an identity of their own making.',
    falsePositives: 'An administrator who sets up an account for a new tool, for the first time.',
    runbook:
      'Ask for the request behind the new identity. Without one: disable it and its keys, then read what both identities did.',
    example: ['CreateUser', 'AttachUserPolicy', 'CreateAccessKey'],
  },
  {
    code: 'rights_raised_and_used',
    title: 'Rights looked up, raised and used',
    severity: 'high',
    points: 2.5,
    techniques: ['T1087.004', 'T1098.003'],
    steps: [
      CLASS.enumerate,
      CLASS.raise,
      CLASS.credential | CLASS.secret | CLASS.assume | CLASS.compute | CLASS.share,
    ],
    mustBeNew: true,
    strangeness: 0,
    sentence: 'rights were looked up, raised to an administrator and used',
    why: 'Somebody finds out what a credential may do, makes it more, and goes on with that.',
    falsePositives: 'An administrator who sets up a role and tries it at once.',
    runbook:
      'Take the new rights back. Ask the owner of the identity about the session; if they know nothing, revoke its sessions and keys.',
    example: ['GetAccountAuthorizationDetails', 'AttachUserPolicy', 'GetSecretValue'],
  },
  {
    code: 'role_handed_to_code',
    title: 'A role handed to new code and run',
    severity: 'medium',
    points: 2,
    techniques: ['T1098.003', 'T1648'],
    steps: [CLASS.hand, CLASS.compute, CLASS.run],
    mustBeNew: true,
    strangeness: 6,
    sentence: 'a role was handed to code made for it, and the code was run',
    why: 'Code that runs under a stronger role does what its maker may not.',
    falsePositives: 'The first deployment of a service by somebody who never did one.',
    runbook:
      'Which role was handed over, and what may it do? Read the code, disable it, and see what it called.',
    example: ['PassRole', 'CreateFunction20150331', 'Invoke'],
  },
  {
    code: 'watch_off_then_act',
    title: 'Logging or protection off, then a grave action',
    severity: 'critical',
    points: 3,
    techniques: ['T1562.008'],
    steps: [
      CLASS.blind,
      CLASS.grant | CLASS.credential | CLASS.share | CLASS.secret | CLASS.destroy | CLASS.copy,
    ],
    mustBeNew: true,
    strangeness: 6,
    sentence: 'what watches was switched off, and something grave was done right after',
    why: 'Whoever switches off the witnesses first means to do something.',
    falsePositives: 'An account that is being closed down.',
    runbook:
      'Switch logging and protection on again. Treat the identity as taken over: revoke its sessions and keys, and list what it did since.',
    example: ['StopLogging', 'DeleteDBInstance'],
  },
  {
    code: 'copied_and_shared_out',
    title: 'A copy made and shared with a stranger',
    severity: 'high',
    points: 2.5,
    techniques: ['T1537'],
    steps: [CLASS.copy, CLASS.share],
    mustBeNew: false,
    strangeness: 0,
    sentence: 'a copy was made and shared outside the organisation',
    why: 'A whole disk or database leaves without a byte on the wire.',
    falsePositives: 'Data handed to a partner who was agreed on.',
    runbook:
      'Whose account is it shared with? Take the share back first, then ask. What has been copied there stays there.',
    example: ['CreateSnapshot', 'ModifySnapshotAttribute'],
  },
  {
    code: 'trust_changed_and_role_taken',
    title: 'Who may take a role was changed, and it was taken',
    severity: 'high',
    points: 2.5,
    techniques: ['T1098', 'T1550.001'],
    steps: [CLASS.trust, CLASS.assume],
    mustBeNew: true,
    strangeness: 4,
    sentence: 'who may take on a role was changed, and a role was taken on right after',
    why: 'It opens a door and goes through it: rights that nobody granted.',
    falsePositives: 'An administrator who sets up access between accounts and tries it.',
    runbook:
      'Put the trust back as it was. Find the session that took the role on and end it; read what it did.',
    example: ['UpdateAssumeRolePolicy', 'AssumeRole'],
  },
]

/**
 * Moves every chain on by one action, in `session.chains`, and sets the bits of those it completes. A completed chain starts
 * again. Whether an action is new, and how strange the session is (nats), decides only about the last step; where it is
 * unknown whether it is new, such a chain is not completed.
 */
export function advanceChains(
  event: AccessEvent,
  effects: Effects,
  signals: Pick<Signals, 'newAction'>,
  session: Pick<Session, 'chains' | 'completed'>,
  strangeness: number,
): void {
  session.completed = 0
  const bits = classesOf(event, effects)
  if (bits === 0) return
  for (let i = 0; i < chains.length; i++) {
    const chain = chains[i]
    if (chain === undefined) continue
    const at = (session.chains >>> (4 * i)) & 15
    if (((chain.steps[at] ?? 0) & bits) === 0) continue
    const isLast = at === chain.steps.length - 1
    if (isLast && chain.mustBeNew && signals.newAction !== true) continue
    if (isLast && chain.strangeness > 0 && !(strangeness >= chain.strangeness)) continue
    const next = isLast ? 0 : at + 1
    session.chains = ((session.chains & ~(15 << (4 * i))) | (next << (4 * i))) >>> 0
    if (isLast) session.completed |= 1 << i
  }
}

/** A rule for each chain: it speaks where the event completes it. */
export const chainRules: readonly Rule[] = chains.map((chain, i) => ruleOfChain(chain, i))

function ruleOfChain(chain: Chain, i: number): Rule {
  const { code, title, severity, points, techniques, why, falsePositives, runbook } = chain
  const last = chain.example.at(-1) ?? ''
  const example = (name: string, completed: number): RuleExample => ({
    name,
    event: { class_uid: 6003, activity: last },
    signals: { chains: completed },
    needs: ['chains'],
  })
  const rule: Rule = {
    code,
    title,
    kinds: ['api_activity', 'account_change'],
    techniques,
    severity,
    points,
    why,
    falsePositives,
    runbook,
    sentence: (facts) => `Within one session ${chain.sentence}; last ${facts.activity}`,
    when: ({ input, signals }) =>
      (signals.chains >>> i) & 1 ? found(rule, { activity: input.event.activity }) : null,
    examples: {
      hit: [example(`${chain.example.join(', then ')}`, 1 << i)],
      miss: [
        example(`${last} alone`, 0),
        example(`${last} ends another chain`, 1 << ((i + 1) % 8)),
      ],
    },
  }
  return rule
}
