import { hash, type Random, weighted } from '../random.ts'
import type { Truth } from '../truth.ts'
import type { CallAct } from './acts.ts'
import type { Line } from './wires.ts'

/** A step of a workflow: which calls it makes (`+` before one that changes something), what may follow, and how long (s) until then. */
interface Stage {
  readonly calls: readonly string[]
  readonly repeat?: number
  readonly next: Readonly<Record<string, number>>
  readonly pause: number
  /** Median bytes of a call: in, out. */
  readonly bytes?: readonly [number, number]
  readonly on?: string
  readonly fact?: CallAct['fact']
  /** Share of calls refused, 0-1. */
  readonly refused?: number
}
type Workflow = Readonly<Record<string, Stage>>

/** What machines and people do, as machines of states; each begins at `begin` and ends at a state that nothing follows. */
export const WORKFLOWS = {
  deploy: {
    begin: {
      calls: ['sts:GetCallerIdentity', 'ecr:GetAuthorizationToken'],
      next: { push: 3, plan: 2 },
      pause: 4,
    },
    push: {
      calls: [
        'ecr:BatchCheckLayerAvailability',
        '+ecr:InitiateLayerUpload',
        '+ecr:CompleteLayerUpload',
        '+ecr:PutImage',
      ],
      repeat: 2,
      next: { roll: 1 },
      pause: 9,
      on: 'image',
    },
    plan: {
      calls: [
        'cloudformation:DescribeStacks',
        '+cloudformation:CreateChangeSet',
        'cloudformation:DescribeChangeSet',
      ],
      next: { apply: 4, end: 1 },
      pause: 14,
      on: 'stack',
    },
    apply: {
      calls: [
        '+cloudformation:ExecuteChangeSet',
        'cloudformation:DescribeStackEvents',
        'iam:GetRole',
        '+iam:PassRole',
      ],
      repeat: 2,
      next: { end: 5, undo: 1 },
      pause: 30,
      on: 'stack',
    },
    roll: {
      calls: ['+ecs:RegisterTaskDefinition', '+ecs:UpdateService', 'ecs:DescribeServices'],
      repeat: 3,
      next: { end: 6, undo: 1 },
      pause: 20,
      on: 'service',
    },
    undo: {
      calls: ['+ecs:UpdateService', 'logs:FilterLogEvents'],
      next: { end: 1 },
      pause: 40,
      on: 'service',
    },
    end: { calls: ['+cloudwatch:PutMetricData'], next: {}, pause: 1 },
  },
  nightly: {
    begin: { calls: ['s3:ListBucket'], next: { extract: 1 }, pause: 2, on: 'lake' },
    extract: {
      calls: ['s3:GetObject'],
      repeat: 9,
      next: { transform: 3, repair: 0.2 },
      pause: 3,
      bytes: [900, 4e7],
      on: 'lake',
    },
    transform: {
      calls: [
        '+athena:StartQueryExecution',
        'athena:GetQueryExecution',
        'glue:GetTable',
        'athena:GetQueryResults',
      ],
      repeat: 2,
      next: { load: 1 },
      pause: 30,
      bytes: [2e3, 3e5],
      on: 'table',
    },
    load: {
      calls: ['+s3:PutObject'],
      repeat: 5,
      next: { end: 1 },
      pause: 5,
      bytes: [2e7, 300],
      on: 'lake',
    },
    repair: {
      calls: ['glue:GetPartitions', '+glue:BatchCreatePartition'],
      next: { extract: 1 },
      pause: 20,
      on: 'table',
    },
    end: { calls: ['+sns:Publish'], next: {}, pause: 1 },
  },
  backup: {
    begin: {
      calls: ['ec2:DescribeVolumes', 'rds:DescribeDBInstances'],
      next: { snap: 1 },
      pause: 3,
    },
    snap: {
      calls: ['+ec2:CreateSnapshot', '+rds:CreateDBSnapshot', 'ec2:DescribeSnapshots'],
      repeat: 3,
      next: { prune: 2, end: 1 },
      pause: 15,
      on: 'volume',
    },
    prune: {
      calls: ['+ec2:DeleteSnapshot'],
      repeat: 4,
      next: { end: 1 },
      pause: 4,
      on: 'snapshot',
    },
    end: { calls: ['+s3:PutObject'], next: {}, pause: 1, bytes: [4e9, 200], on: 'vault' },
  },
  poller: {
    begin: {
      calls: ['sqs:ReceiveMessage'],
      repeat: 2,
      next: { work: 2, end: 3 },
      pause: 5,
      on: 'queue',
    },
    work: {
      calls: ['dynamodb:GetItem', '+dynamodb:UpdateItem', '+sqs:DeleteMessage'],
      repeat: 2,
      next: { begin: 1, end: 2 },
      pause: 2,
      bytes: [700, 4e3],
      on: 'table',
    },
    end: { calls: ['+cloudwatch:PutMetricData'], next: {}, pause: 1 },
  },
  keeper: {
    begin: {
      calls: ['iam:ListUsers', 'iam:ListAccessKeys'],
      next: { look: 5, rotate: 0.3 },
      pause: 4,
    },
    look: {
      calls: [
        'iam:GetAccessKeyLastUsed',
        'config:DescribeComplianceByResource',
        'ec2:DescribeSecurityGroups',
        's3:GetBucketPolicyStatus',
      ],
      repeat: 6,
      next: { end: 1 },
      pause: 2,
      on: 'account',
    },
    rotate: {
      calls: [
        '+iam:CreateAccessKey',
        '+secretsmanager:PutSecretValue',
        '+iam:UpdateAccessKey',
        '+iam:DeleteAccessKey',
      ],
      next: { end: 1 },
      pause: 60,
      on: 'user',
      fact: 'creates_credential',
    },
    end: { calls: ['+securityhub:BatchImportFindings'], next: {}, pause: 1 },
  },
  onboarding: {
    begin: { calls: ['identitystore:ListUsers'], next: { make: 1 }, pause: 5 },
    make: {
      calls: [
        '+identitystore:CreateUser',
        '+identitystore:CreateGroupMembership',
        '+sso:CreateAccountAssignment',
      ],
      repeat: 2,
      next: { end: 1 },
      pause: 6,
      on: 'person',
    },
    end: { calls: ['+ses:SendEmail'], next: {}, pause: 1 },
  },
  triage: {
    begin: {
      calls: ['cloudwatch:DescribeAlarms', 'cloudwatch:GetMetricData'],
      repeat: 2,
      next: { logs: 3, hosts: 2 },
      pause: 25,
    },
    logs: {
      calls: [
        'logs:DescribeLogGroups',
        'logs:StartQuery',
        'logs:GetQueryResults',
        'logs:FilterLogEvents',
      ],
      repeat: 2,
      next: { hosts: 1, logs: 1, fix: 0.6, end: 1 },
      pause: 50,
      bytes: [900, 4e5],
      on: 'log',
      refused: 0.01,
    },
    hosts: {
      calls: [
        'ec2:DescribeInstances',
        'ecs:DescribeTasks',
        'rds:DescribeDBInstances',
        'elasticloadbalancing:DescribeTargetHealth',
      ],
      next: { logs: 1, fix: 0.5, end: 1 },
      pause: 40,
      refused: 0.03,
    },
    fix: {
      calls: [
        '+ecs:UpdateService',
        '+ec2:RebootInstances',
        '+autoscaling:SetDesiredCapacity',
        '+ec2:AuthorizeSecurityGroupIngress',
      ],
      next: { end: 2, hosts: 1 },
      pause: 90,
      on: 'service',
      refused: 0.04,
    },
    end: { calls: ['cloudwatch:GetDashboard'], next: {}, pause: 5 },
  },
  analysis: {
    begin: {
      calls: ['glue:GetDatabases', 'glue:GetTables'],
      next: { query: 4, browse: 1 },
      pause: 40,
    },
    query: {
      calls: ['+athena:StartQueryExecution', 'athena:GetQueryExecution', 'athena:GetQueryResults'],
      next: { query: 2, take: 0.7, end: 1 },
      pause: 100,
      bytes: [1e3, 6e5],
      on: 'table',
      refused: 0.02,
    },
    browse: {
      calls: ['s3:ListAllMyBuckets', 's3:ListBucket', 's3:GetBucketLocation'],
      next: { query: 1, take: 1, end: 1 },
      pause: 30,
      on: 'lake',
      refused: 0.05,
    },
    take: {
      calls: ['s3:GetObject'],
      repeat: 5,
      next: { end: 1, query: 0.5 },
      pause: 8,
      bytes: [500, 3e6],
      on: 'lake',
    },
    end: { calls: ['athena:ListQueryExecutions'], next: {}, pause: 5 },
  },
  spending: {
    begin: {
      calls: ['ce:GetCostAndUsage', 'ce:GetCostForecast'],
      repeat: 2,
      next: { list: 2, end: 1 },
      pause: 60,
    },
    list: {
      calls: [
        'ec2:DescribeInstances',
        'ec2:DescribeVolumes',
        'rds:DescribeDBInstances',
        's3:ListAllMyBuckets',
        'lambda:ListFunctions',
      ],
      next: { end: 1 },
      pause: 30,
      refused: 0.02,
    },
    end: { calls: ['ce:GetReservationUtilization'], next: {}, pause: 5 },
  },
  reform: {
    begin: {
      calls: ['iam:ListRoles', 'iam:GetPolicy', 'iam:ListAttachedRolePolicies'],
      repeat: 3,
      next: { change: 2, end: 1 },
      pause: 40,
      refused: 0.02,
    },
    change: {
      calls: [
        '+iam:CreateRole',
        '+iam:AttachRolePolicy',
        '+iam:PutRolePolicy',
        '+iam:CreatePolicyVersion',
      ],
      next: { change: 1, end: 2 },
      pause: 70,
      on: 'role',
      refused: 0.05,
    },
    end: { calls: ['iam:SimulatePrincipalPolicy'], next: {}, pause: 5 },
  },
  // What thieves do with what they have got.
  burglary: {
    begin: { calls: ['sts:GetCallerIdentity'], next: { look: 4, loot: 1 }, pause: 20 },
    look: {
      calls: [
        'iam:ListUsers',
        's3:ListAllMyBuckets',
        'iam:ListAttachedUserPolicies',
        'secretsmanager:ListSecrets',
        'ec2:DescribeInstances',
        'iam:GetAccountAuthorizationDetails',
      ],
      next: { look: 1.2, settle: 1, loot: 1, mine: 0.7 },
      pause: 15,
      refused: 0.35,
    },
    settle: {
      calls: ['+iam:CreateUser', '+iam:CreateAccessKey', '+iam:AttachUserPolicy'],
      next: { loot: 2, mine: 1, end: 1 },
      pause: 25,
      on: 'user',
      fact: 'grants_admin',
      refused: 0.25,
    },
    loot: {
      calls: ['s3:ListBucket', 's3:GetObject'],
      repeat: 12,
      next: { loot: 1, end: 1 },
      pause: 3,
      bytes: [500, 8e6],
      on: 'lake',
      refused: 0.05,
    },
    mine: {
      calls: ['ec2:DescribeRegions', '+ec2:CreateKeyPair', '+ec2:RunInstances'],
      repeat: 3,
      next: { end: 1 },
      pause: 12,
      on: 'instance',
      refused: 0.2,
    },
    end: { calls: ['sts:GetCallerIdentity'], next: {}, pause: 5 },
  },
  hoarding: {
    begin: {
      calls: ['s3:ListAllMyBuckets', 'glue:GetTables'],
      next: { sweep: 3, query: 1 },
      pause: 30,
      refused: 0.05,
    },
    sweep: {
      calls: ['s3:ListBucket', 's3:GetObject', 's3:GetObject'],
      repeat: 7,
      next: { sweep: 1, share: 0.35, query: 0.6, end: 1 },
      pause: 9,
      bytes: [500, 9e6],
      on: 'lake',
      refused: 0.06,
    },
    query: {
      calls: ['+athena:StartQueryExecution', 'athena:GetQueryResults'],
      repeat: 3,
      next: { sweep: 1, end: 1 },
      pause: 60,
      bytes: [1e3, 4e6],
      on: 'table',
      refused: 0.04,
    },
    share: {
      calls: ['+ec2:ModifySnapshotAttribute', '+s3:PutBucketPolicy'],
      next: { end: 1 },
      pause: 60,
      on: 'snapshot',
      fact: 'shares_outside',
      refused: 0.2,
    },
    end: { calls: ['s3:ListBucket'], next: {}, pause: 5, on: 'lake' },
  },
} as const satisfies Record<string, Workflow>
export type WorkflowName = keyof typeof WORKFLOWS

/** Who runs a workflow, from where and when. `reach`: how many resources of a kind they know; `scale`: their usual amounts. */
export interface Run {
  readonly workflow: WorkflowName
  readonly time: number
  readonly who: CallAct['who']
  readonly line: (time: number) => Line
  readonly agent: string
  readonly spell: number
  readonly reach: number
  readonly home: number
  readonly scale: number
  readonly truth: Truth
}

const READS_DATA = /^s3:(Get|Put)Object$/

/** Plays a workflow from its first state to an end, at most 400 calls. */
export function* play(run: Run, random: Random): Generator<CallAct> {
  const states: Workflow = WORKFLOWS[run.workflow]
  let { time } = run
  let name = 'begin'
  let calls = 0
  while (calls < 400) {
    const state = states[name]
    if (state === undefined) return
    const rounds = state.repeat === undefined ? 1 : 1 + random.poisson(state.repeat - 1)
    for (let round = 0; round < rounds; round++) {
      const number = run.home + Math.floor(run.reach * random.next() ** 2)
      for (const call of state.calls) {
        if (random.chance(0.12) && state.calls.length > 1) continue
        yield { ...shape(call, state, run, number, random), time, line: run.line(time) }
        calls++
        time += 300 + random.exponential(state.pause * 500)
      }
    }
    time += random.lognormal(state.pause * 1000, 0.7)
    const options = Object.entries(state.next)
    if (options.length === 0) return
    name = weighted(options, ([, weight]) => weight)(random)[0]
  }
}

function shape(
  call: string,
  state: Stage,
  { who, agent, spell, scale, truth }: Run,
  number: number,
  random: Random,
): Omit<CallAct, 'time' | 'line'> {
  const writes = call.startsWith('+')
  const [service = '', operation = ''] = call.slice(writes ? 1 : 0).split(':')
  const refused = random.chance(state.refused ?? 0.002)
  const { bytes, on, fact } = state
  return {
    kind: 'call',
    who,
    agent,
    service,
    operation,
    reads: !writes,
    refused,
    spell,
    truth,
    ...(on === undefined ? {} : { resource: `${on}-${number}` }),
    ...(bytes === undefined || refused || !READS_DATA.test(`${service}:${operation}`)
      ? {}
      : { bytes: [amount(bytes[0] * scale, random), amount(bytes[1] * scale, random)] as const }),
    ...(fact === undefined || refused || !writes ? {} : { fact }),
  }
}

function amount(median: number, random: Random): number {
  return Math.round(random.lognormal(median, 0.9))
}

/** A resource number from which somebody's own begin. */
export function homeOf(seed: number): number {
  return hash(seed, 151) % 400
}
