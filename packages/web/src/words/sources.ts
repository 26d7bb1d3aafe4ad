import type { SourceState } from '@gatewatch/schema'

/** Where logs come from: vendors that are asked, formats that arrived, what could not be read. */
export const sources = {
  title: 'Sources',
  lead: 'Which logs arrive, how far behind they are, and what could not be understood.',
  asked: 'Connected vendors',
  askedNote: 'Vendors whose logs this installation fetches by itself, or is sent.',
  askedNone: 'No vendor is connected yet',
  askedHow:
    'An administrator adds one on the server; its credentials are sealed with a key outside the database:',
  askedCommand: 'npx gatewatch sources add --help',
  states: {
    new: 'New',
    reading: 'Reading',
    waiting: 'Up to date',
    failing: 'Failing',
    listening: 'Listening',
  } satisfies Record<SourceState, string>,
  stateMeaning: {
    new: 'Not read yet.',
    reading: 'Being read now.',
    waiting: 'Read to its end; it is asked again soon.',
    failing: 'The last reading failed and is tried again.',
    listening: 'It sends its log here by itself.',
  } satisfies Record<SourceState, string>,
  lag: 'Read to its end',
  never: 'not yet',
  lastEvent: 'Last event',
  events: 'Events',
  unmapped: 'Of unknown type',
  dead: 'Not understood',
  arrived: 'What arrived',
  docs: 'The API, with every field',
}
