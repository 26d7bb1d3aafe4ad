import type { Fields } from '../values/fields.ts'

/**
 * What a record of AWS's delivery says that is no event: notifications of files, digests, tests, control messages. Undefined for
 * anything else.
 */
export function noticeOf(record: Fields): string | undefined {
  if ('digestStartTime' in record && 'digestS3Object' in record)
    return 'a digest of CloudTrail files, not an event'
  if (record.eventSource === 'aws:s3' || 's3ObjectKey' in record)
    return 'a notification of a file, not a CloudTrail record: read the file itself'
  if (record.Event === 's3:TestEvent') return 'a test message of S3'
  if (record.messageType === 'CONTROL_MESSAGE') return 'a control message of CloudWatch Logs'
  const { Type } = record
  const isTopic = Type === 'SubscriptionConfirmation' || Type === 'UnsubscribeConfirmation'
  return isTopic && 'TopicArn' in record ? 'a message of SNS about its subscription' : undefined
}
