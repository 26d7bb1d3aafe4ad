import type { FeedSettings } from '@gatewatch/schema'
import type { Feed } from '../ports/feed.ts'
import { kinesisFeed } from './aws/kinesis-feed.ts'
import { s3Feed } from './aws/s3-feed.ts'
import type { HostGuard } from './channels/guard.ts'
import { filesFeed } from './files/files-feed.ts'
import { kafkaFeed } from './kafka/kafka-feed.ts'
import { syslogFeed } from './syslog/syslog-feed.ts'

/** How a feed of this kind is followed; what is connected to is what the guard lets through. */
export function feedOf(settings: FeedSettings, guard: HostGuard): Feed {
  switch (settings.kind) {
    case 'files':
      return filesFeed(settings)
    case 'syslog':
      return syslogFeed(settings)
    case 'aws_s3':
      return s3Feed(settings, guard)
    case 'aws_kinesis':
      return kinesisFeed(settings, guard)
    case 'kafka':
      return kafkaFeed(settings, guard)
  }
}
