import type { Workflow } from './workflow.ts'

/** What people do in the cloud at work. */
export const TASKS = {
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
} as const satisfies Record<string, Workflow>
