import { expect, test } from 'vitest'
import { readBody } from './read-body.ts'

const line =
  '2024-05-06T07:10:01 web1 sshd[1]: Accepted password for ada from 192.0.2.1 port 9 ssh2'

test.each([
  [undefined, Date.UTC(2024, 4, 6, 7, 10, 1)],
  ['Europe/Oslo', Date.UTC(2024, 4, 6, 5, 10, 1)],
])('a body whose lines name no zone is of the zone that came with it: %s', (zone, time) => {
  const parts = [...readBody(Buffer.from(line), { format: 'linux', now: Date.now(), zone })]
  expect(parts.flatMap((part) => part.events.map(({ event }) => event.time))).toEqual([time])
})
