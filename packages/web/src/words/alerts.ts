import type { FeedbackVerdict } from '@gatewatch/schema'

/** Alerts and what people say of them. */
export const alertWords = {
  alerts: {
    title: 'Alerts',
    open: 'Open',
    kept_back: 'Kept back',
    suppressed: 'Suppressed',
    closed: 'Closed',
    withdrawn: 'Withdrawn',
    all: 'All',
    status: 'Status',
    severity: 'Severity',
    anySeverity: 'Any severity',
    columns: {
      severity: 'Severity',
      what: 'What happened',
      risk: 'Risk',
      decision: 'Decision',
      lastSeen: 'Last seen',
    },
    emptyOpen: 'No open alerts',
    emptyOpenBody: 'New ones appear here by themselves.',
    empty: 'No alert matches',
    emptyBody: 'Choose another status or severity.',
    more: 'Load older alerts',
    closeNote: 'Close this note',
    feedbackGiven: (verdict: FeedbackVerdict) =>
      ({ compromised: 'Compromised', safe: 'Safe', dismissed: 'Dismissed' })[verdict],
    back: 'All alerts',
  },
  alert: {
    withdrawn: 'This alert closed by itself',
    suppressed: 'Suppressed: nobody is told of this alert',
    suppressedBy: (owner: string) => `by ${owner}, until`,
    suppressedNote:
      'It is found, counted and learned from as ever, and comes forward once an event of it is not suppressed.',
    lastSeen: 'Last seen',
    runbook: 'What to do',
    related: 'Other events of this alert',
    technique: (id: string) => `MITRE ATT&CK technique ${id}`,
  },
  feedback: {
    title: 'Your verdict',
    lead: 'What you say teaches Gatewatch.',
    choices: {
      compromised: {
        name: 'Compromised',
        short: 'It was somebody else. Takes back what this taught; closes the alert.',
        consequence: (name: string) =>
          `What this alert's events taught about ${name} is taken back, so that the intruder's ways never become normal. The alert is closed.`,
      },
      safe: {
        name: 'Safe',
        short: 'It was them. Learns this as normal; closes the alert.',
        consequence: (name: string) =>
          `The events are learned at full weight: the same from ${name} will soon count as normal. The alert is closed.`,
      },
      dismissed: {
        name: 'Dismiss',
        short: 'True, but not important. Learns nothing; closes the alert.',
        consequence: () =>
          'Nothing is learned or forgotten, and the same will be judged as strictly again. The alert is closed.',
      },
    } satisfies Record<FeedbackVerdict, unknown>,
    comment: 'Comment (optional)',
    commentPlaceholder: 'What did you find out?',
    confirm: (name: string) => `Confirm: ${name}`,
    cancel: 'Back',
    storedBody: {
      compromised: (name: string) => `What these events taught about ${name} was taken back.`,
      safe: (name: string) => `Learned at full weight: this is now a habit of ${name}.`,
      dismissed: () => 'Nothing was learned or forgotten.',
    } satisfies Record<FeedbackVerdict, unknown>,
    said: (verdict: string) => `Verdict: ${verdict}`,
    by: (who: string) => `by ${who}`,
    failed: 'The verdict was not stored.',
    takeBack: 'Take it back',
    effect: {
      did: 'What it changed',
      would: 'What it would change',
      learned: (events: number, without: number, now: number) =>
        `${events === 1 ? 'This event teaches' : `These ${events} events teach`} as much as ${weight(now)} ordinary ones; without a verdict as much as ${weight(without)}.`,
      value: (label: string, value: string, without: string, now: string) =>
        `${label.charAt(0).toUpperCase()}${label.slice(1)} ${value}: ${now} of what it does, ${without} without.`,
      risk: (name: string, without: number, now: number) =>
        `Risk of ${name}: ${Math.round(now)}, ${Math.round(without)} without.`,
      raised: (count: number) =>
        count === 1 ? 'One more alert is raised:' : `${count} more alerts are raised:`,
      withdrawn: (count: number) =>
        count === 1 ? 'One open alert closes with it:' : `${count} open alerts close with it:`,
      prevented: (count: number, of: number) =>
        of === 0
          ? 'There are no other alerts about the same identity within 90 days.'
          : `Of ${of} other alerts within 90 days it would have prevented ${count}.`,
      hidden: (count: number) =>
        count === 1
          ? 'It would have hidden one that was compromised:'
          : `It would have hidden ${count} that were compromised:`,
    },
    viewer: 'Viewers read; analysts and administrators give verdicts.',
  },
}

/** How many events something counts as: 0, 0.3, 12. */
function weight(events: number): string {
  return String(events < 10 ? Math.round(events * 10) / 10 : Math.round(events))
}
