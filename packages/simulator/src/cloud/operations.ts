import type { CloudRole } from '../people.ts'

/** One operation of a cloud service, by its public name. */
export interface Operation {
  readonly service: string
  readonly name: string
  readonly readOnly: boolean
  readonly dataPlane: boolean
}

/** AWS operation names as CloudTrail writes them (public API reference): service | reads | writes | data plane. Most used first. */
const TABLE = `
s3|ListBuckets GetBucketLocation GetBucketPolicy GetBucketAcl GetBucketVersioning GetBucketTagging GetBucketLogging GetEncryptionConfiguration GetBucketLifecycle GetBucketPublicAccessBlock GetAccountPublicAccessBlock|CreateBucket PutBucketPolicy PutBucketTagging PutBucketLifecycle PutBucketVersioning PutBucketEncryption DeleteBucket PutBucketPublicAccessBlock PutBucketAcl|GetObject PutObject ListObjects HeadObject DeleteObject CopyObject
ec2|DescribeInstances DescribeVolumes DescribeSecurityGroups DescribeSubnets DescribeVpcs DescribeImages DescribeSnapshots DescribeInstanceStatus DescribeAddresses DescribeRegions DescribeKeyPairs DescribeNetworkInterfaces DescribeRouteTables DescribeTags DescribeLaunchTemplates DescribeAvailabilityZones DescribeInstanceTypes DescribeVpcEndpoints DescribeNatGateways DescribeInternetGateways DescribeNetworkAcls DescribeAccountAttributes|RunInstances StartInstances StopInstances TerminateInstances RebootInstances CreateTags CreateSnapshot DeleteSnapshot CreateVolume DeleteVolume AttachVolume AuthorizeSecurityGroupIngress RevokeSecurityGroupIngress CreateSecurityGroup DeleteSecurityGroup ModifyInstanceAttribute CreateImage AllocateAddress AssociateAddress CreateKeyPair ModifySnapshotAttribute CreateLaunchTemplateVersion|
iam|ListRoles GetRole ListUsers GetUser ListAttachedRolePolicies ListPolicies GetPolicy GetPolicyVersion ListRolePolicies ListAccessKeys ListGroups ListInstanceProfiles GetAccountSummary ListAttachedUserPolicies ListMFADevices GetAccountAuthorizationDetails ListAccountAliases GetCredentialReport SimulatePrincipalPolicy|CreateRole AttachRolePolicy PutRolePolicy CreatePolicy CreatePolicyVersion UpdateAssumeRolePolicy TagRole PassRole CreateUser CreateAccessKey UpdateAccessKey DeleteAccessKey DeleteRole AttachUserPolicy PutUserPolicy AddUserToGroup CreateLoginProfile UpdateLoginProfile DeactivateMFADevice|
sts|GetCallerIdentity GetSessionToken DecodeAuthorizationMessage|AssumeRole AssumeRoleWithWebIdentity GetFederationToken|
lambda|ListFunctions20150331 GetFunction20150331v2 GetFunctionConfiguration20150331v2 ListTags20170331 GetPolicy20150331v2 ListEventSourceMappings20150331 ListLayers20181031 ListVersionsByFunction20150331|UpdateFunctionCode20150331v2 UpdateFunctionConfiguration20150331v2 CreateFunction20150331 PublishVersion20150331 AddPermission20150331v2 DeleteFunction20150331 CreateEventSourceMapping20150331|Invoke
cloudwatch|DescribeAlarms GetMetricData ListMetrics GetMetricStatistics ListDashboards GetDashboard DescribeAlarmHistory|PutMetricAlarm DeleteAlarms PutDashboard SetAlarmState|
logs|DescribeLogGroups DescribeLogStreams FilterLogEvents GetLogEvents StartQuery GetQueryResults DescribeMetricFilters|CreateLogGroup CreateLogStream PutRetentionPolicy DeleteLogGroup PutMetricFilter PutSubscriptionFilter|
rds|DescribeDBInstances DescribeDBClusters DescribeDBSnapshots DescribeDBParameterGroups DescribeEvents DescribeDBLogFiles DescribeDBSubnetGroups ListTagsForResource|CreateDBSnapshot ModifyDBInstance CreateDBInstance RebootDBInstance DeleteDBSnapshot RestoreDBInstanceFromDBSnapshot DeleteDBInstance ModifyDBSnapshotAttribute CopyDBSnapshot|
dynamodb|ListTables DescribeTable DescribeTimeToLive DescribeContinuousBackups ListTagsOfResource|CreateTable UpdateTable DeleteTable UpdateTimeToLive CreateBackup|GetItem Query PutItem BatchGetItem UpdateItem Scan
ecs|ListClusters DescribeServices DescribeTasks ListTasks DescribeClusters DescribeTaskDefinition ListServices ListTaskDefinitions|UpdateService RegisterTaskDefinition RunTask StopTask CreateService DeregisterTaskDefinition|
ecr|DescribeRepositories DescribeImages ListImages GetAuthorizationToken BatchGetImage BatchCheckLayerAvailability DescribeImageScanFindings GetLifecyclePolicy|PutImage InitiateLayerUpload CompleteLayerUpload CreateRepository BatchDeleteImage SetRepositoryPolicy|
eks|ListClusters DescribeCluster ListNodegroups DescribeNodegroup ListAddons ListUpdates|UpdateNodegroupConfig UpdateClusterVersion CreateNodegroup CreateAddon|
cloudformation|DescribeStacks ListStacks DescribeStackEvents GetTemplate DescribeStackResources ListStackResources DescribeChangeSet ValidateTemplate|CreateChangeSet ExecuteChangeSet CreateStack UpdateStack DeleteStack|
kms|ListKeys DescribeKey ListAliases GetKeyPolicy GetKeyRotationStatus ListGrants|CreateGrant CreateKey CreateAlias PutKeyPolicy ScheduleKeyDeletion EnableKeyRotation|Decrypt GenerateDataKey Encrypt
secretsmanager|ListSecrets DescribeSecret GetSecretValue GetResourcePolicy|PutSecretValue CreateSecret UpdateSecret RotateSecret DeleteSecret|
ssm|DescribeInstanceInformation GetParameter GetParameters DescribeParameters GetParametersByPath ListCommands DescribeSessions|PutParameter SendCommand StartSession TerminateSession DeleteParameter|
sqs|ListQueues GetQueueAttributes GetQueueUrl ListQueueTags|CreateQueue SetQueueAttributes PurgeQueue DeleteQueue|
sns|ListTopics GetTopicAttributes ListSubscriptions ListSubscriptionsByTopic|CreateTopic Subscribe SetTopicAttributes DeleteTopic|
elasticloadbalancing|DescribeLoadBalancers DescribeTargetHealth DescribeTargetGroups DescribeListeners DescribeRules DescribeLoadBalancerAttributes|RegisterTargets DeregisterTargets ModifyListener CreateTargetGroup CreateLoadBalancer ModifyRule|
autoscaling|DescribeAutoScalingGroups DescribeScalingActivities DescribePolicies DescribeLaunchConfigurations|UpdateAutoScalingGroup SetDesiredCapacity PutScalingPolicy CreateAutoScalingGroup|
route53|ListHostedZones ListResourceRecordSets GetHostedZone ListHealthChecks|ChangeResourceRecordSets CreateHostedZone|
cloudfront|ListDistributions GetDistribution GetDistributionConfig ListInvalidations|CreateInvalidation UpdateDistribution|
athena|GetQueryExecution GetQueryResults ListQueryExecutions ListWorkGroups GetWorkGroup ListDataCatalogs|StartQueryExecution CreateNamedQuery StopQueryExecution|
glue|GetTables GetTable GetDatabases GetPartitions GetJobRun GetJobRuns GetCrawlers ListJobs|StartJobRun CreateTable UpdateTable StartCrawler BatchCreatePartition CreateJob|
redshift|DescribeClusters DescribeClusterSnapshots DescribeLoggingStatus GetClusterCredentials|CreateClusterSnapshot ResumeCluster PauseCluster ModifyCluster|
redshift-data|DescribeStatement GetStatementResult ListStatements|ExecuteStatement|
sagemaker|ListTrainingJobs DescribeTrainingJob ListEndpoints DescribeEndpoint ListNotebookInstances|CreateTrainingJob CreateEndpoint StartNotebookInstance CreatePresignedNotebookInstanceUrl StopNotebookInstance|
ce|GetCostAndUsage GetCostForecast GetDimensionValues GetReservationUtilization GetSavingsPlansCoverage|CreateAnomalySubscription|
cur|DescribeReportDefinitions|PutReportDefinition|
organizations|DescribeOrganization ListAccounts ListPolicies DescribePolicy ListRoots ListDelegatedAdministrators|CreateAccount MoveAccount AttachPolicy|
cloudtrail|DescribeTrails LookupEvents GetTrailStatus GetEventSelectors ListTrails|PutEventSelectors UpdateTrail StartLogging StopLogging DeleteTrail|
config|DescribeConfigRules GetComplianceDetailsByConfigRule DescribeComplianceByConfigRule SelectResourceConfig DescribeConfigurationRecorders|PutConfigRule StopConfigurationRecorder DeleteConfigRule|
guardduty|ListDetectors ListFindings GetFindings GetDetector ListMembers|UpdateDetector ArchiveFindings CreateFilter DeleteDetector|
securityhub|GetFindings DescribeHub GetEnabledStandards GetInsights|BatchUpdateFindings CreateInsight|
access-analyzer|ListAnalyzers ListFindings GetFinding ValidatePolicy|CreateArchiveRule|
inspector2|ListFindings ListCoverage BatchGetAccountStatus|CreateFilter|
wafv2|ListWebACLs GetWebACL GetSampledRequests ListIPSets|UpdateWebACL UpdateIPSet|
backup|ListBackupJobs ListBackupVaults DescribeBackupJob ListRecoveryPointsByBackupVault|StartBackupJob StartCopyJob CreateBackupPlan DeleteRecoveryPoint|
servicequotas|ListServiceQuotas GetServiceQuota|RequestServiceQuotaIncrease|
codebuild|BatchGetBuilds ListBuildsForProject ListProjects BatchGetProjects|StartBuild UpdateProject|
codepipeline|GetPipelineState ListPipelines GetPipelineExecution|StartPipelineExecution PutApprovalResult|
bedrock|ListFoundationModels GetFoundationModel ListGuardrails|CreateGuardrail|InvokeModel Converse
ses|GetSendQuota ListIdentities GetAccount|VerifyEmailIdentity SendEmail|
batch|DescribeJobs DescribeJobQueues ListJobs|SubmitJob TerminateJob|
states|DescribeExecution ListExecutions ListStateMachines|StartExecution UpdateStateMachine StopExecution|
events|ListRules DescribeRule ListTargetsByRule|PutRule PutTargets DisableRule|
`

const split = (text: string | undefined) => (text ?? '').split(' ').filter((name) => name !== '')

/** Every operation by service, reads before writes before data plane, most used first within each. */
export const SERVICES: ReadonlyMap<
  string,
  { readonly reads: Operation[]; readonly writes: Operation[]; readonly data: Operation[] }
> = new Map(
  TABLE.trim()
    .split('\n')
    .map((line) => {
      const [service = '', reads, writes, data] = line.split('|')
      const make = (readOnly: boolean, dataPlane: boolean) => (name: string) => ({
        service,
        name,
        readOnly: dataPlane
          ? !/^(Put|Delete|Copy|Update|Encrypt|Invoke|Generate)/.test(name)
          : readOnly,
        dataPlane,
      })
      return [
        service,
        {
          reads: split(reads).map(make(true, false)),
          writes: split(writes).map(make(false, false)),
          data: split(data).map(make(false, true)),
        },
      ]
    }),
)

/** Which services each role works with, most used first. */
export const ROLE_SERVICES: Readonly<Record<CloudRole, readonly string[]>> = {
  developer:
    'logs lambda s3 cloudwatch dynamodb ecs ecr cloudformation sqs ssm secretsmanager codebuild codepipeline states sns events ec2 bedrock iam sts'.split(
      ' ',
    ),
  operations:
    'ec2 cloudwatch ecs eks elasticloadbalancing autoscaling iam cloudformation route53 ssm rds logs kms s3 sts secretsmanager wafv2 servicequotas backup cloudfront lambda'.split(
      ' ',
    ),
  data: 's3 athena glue redshift-data redshift sagemaker dynamodb logs batch states kms cloudwatch ec2 sts bedrock'.split(
    ' ',
  ),
  security:
    'guardduty cloudtrail securityhub iam config access-analyzer inspector2 s3 ec2 kms organizations wafv2 logs sts'.split(
      ' ',
    ),
  finance: 'ce cur s3 organizations athena cloudwatch servicequotas'.split(' '),
  none: ['s3'],
}

/** The operation of this name. Throws where the table has none: a wrong name in this package is a bug. */
export function operationNamed(service: string, name: string): Operation {
  const group = SERVICES.get(service)
  for (const list of group === undefined ? [] : [group.reads, group.writes, group.data]) {
    const found = list.find((operation) => operation.name === name)
    if (found !== undefined) return found
  }
  throw new Error(`no operation ${service}:${name}`)
}
