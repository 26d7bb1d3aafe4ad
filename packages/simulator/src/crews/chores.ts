import type { Workflow } from './workflow.ts'

/** What machines do, by themselves and by the clock. */
export const CHORES = {
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
} as const satisfies Record<string, Workflow>
