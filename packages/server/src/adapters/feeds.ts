import type { FeedSettings } from '@gatewatch/schema'
import type { Feed } from '../ports/feed.ts'
import { filesFeed } from './files/files-feed.ts'
import { syslogFeed } from './syslog/syslog-feed.ts'

/** How a feed of this kind is followed. */
export function feedOf(settings: FeedSettings): Feed {
  switch (settings.kind) {
    case 'files':
      return filesFeed(settings)
    case 'syslog':
      return syslogFeed(settings)
  }
}
