// A Gatewatch client in one file, without dependencies. Copy it, or run it in this clone (Node 24):
//   GATEWATCH_URL=http://127.0.0.1:5000 GATEWATCH_KEY=gw_... npx node examples/client.ts
import type {
  AssessRequest,
  AssessResponse,
  ErrorBody,
  EventInput,
  EventsResponse,
  OutcomeRequest,
  OutcomeResponse,
} from '@gatewatch/schema'

/** What a client can ask of a Gatewatch. Rejects with the server's own message where it refuses. */
export interface Client {
  /** Before somebody is let in: what to do about this sign-in? */
  assess(event: EventInput, deadlineMs?: number): Promise<AssessResponse>
  /** What became of the challenge that an answer asked for. */
  tellOutcome(uid: string, outcome: OutcomeRequest): Promise<OutcomeResponse>
  /** Sends events that happened; resolves when they are durable. Sending the same again is safe. */
  send(events: readonly EventInput[]): Promise<EventsResponse>
}

/** A client of the Gatewatch at `url`, with an API key of the role ingest or admin. */
export function createClient(url: string, key: string): Client {
  async function post<T>(path: string, body: unknown): Promise<T> {
    const response = await fetch(new URL(path, url), {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const answer = await response.json()
    if (response.ok) return answer as T
    throw new Error(`${response.status}: ${(answer as ErrorBody).error.message}`)
  }
  return {
    assess: (event, deadlineMs = 500) =>
      post('/v1/assess', { event, deadline_ms: deadlineMs } satisfies AssessRequest),
    tellOutcome: (uid, outcome) =>
      post(`/v1/assess/${encodeURIComponent(uid)}/outcome`, outcome satisfies OutcomeRequest),
    send: (events) => post('/v1/events', events),
  }
}

if (import.meta.main) {
  const { GATEWATCH_URL = 'http://127.0.0.1:5000', GATEWATCH_KEY } = process.env
  if (GATEWATCH_KEY === undefined) {
    console.error('Set GATEWATCH_KEY; `npx gatewatch keys create --name example` prints one.')
    process.exit(2)
  }
  const gatewatch = createClient(GATEWATCH_URL, GATEWATCH_KEY)
  const verdict = await gatewatch.assess({
    actor: { name: 'grace@example.com' },
    src: { ip: '203.0.113.7' },
    device: { uid: 'grace-laptop' },
  })
  console.log(`${verdict.decision}, risk ${verdict.risk}`)
  for (const reason of verdict.reasons) console.log(`  ${reason.points.toFixed(1)} ${reason.text}`)
  if (verdict.decision === 'challenge') {
    // here the application asks for a security key
    const { learned } = await gatewatch.tellOutcome(verdict.uid, {
      outcome: 'passed',
      factor: 'webauthn',
    })
    console.log(`passed: learned with weight ${learned}`)
  }
}
