import type { Workflow } from './workflow.ts'

/** What thieves do with what they have got. */
export const THEFTS = {
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
