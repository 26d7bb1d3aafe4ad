import { readFile, rename, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { Command } from 'commander'
import { z } from 'zod'
import { streamsOf } from '../connectors/live-source.ts'
import { ask } from '../connectors/polling/ask.ts'
import { type Following, follow } from '../connectors/polling/follow.ts'
import { PolledSource } from '../connectors/polling/source-settings.ts'
import type { LogStream, Position } from '../connectors/polling/stream.ts'
import { userError } from './exit-codes.ts'
import { readSecretFile } from './secret-file.ts'

const text = z.string().min(1)

const PullFile = PolledSource.extend({ to: z.url(), key: text, state: text })
type PullFile = z.infer<typeof PullFile>

const StoredPosition = z.object({
  from: z.number(),
  next: z.string().optional(),
  newest: z.number(),
})
const State = z.record(z.string(), StoredPosition)

/** `gatewatch pull FILE`: reads the log of a vendor through its interface, and sends it to a Gatewatch. */
export function pullCommand(): Command {
  return new Command('pull')
    .description(
      "read a vendor's log through its interface, again and again, and send it to a running Gatewatch",
    )
    .argument(
      '<file>',
      'YAML or JSON: to, key, state, source; see docs/guide/sources.md. It holds secrets: chmod 600',
    )
    .option('--once', 'read what there is, and end')
    .action(pull)
}

async function pull(path: string, options: { readonly once?: boolean }): Promise<void> {
  const file = await readPullFile(path)
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  const streams = streamsOf(file.source, Date.now)
  for (;;) {
    const failures = await pullAll(file, streams, stop.signal)
    if (options.once === true) {
      if (failures.length > 0) throw userError(failures.join('\n'), 1)
      return
    }
    for (const failure of failures) say(failure)
    await sleep(file.every_seconds * 1000, undefined, { signal: stop.signal }).catch(() => {})
    if (stop.signal.aborted) return
  }
}

/** One log after the other; one that fails holds up no other. */
async function pullAll(
  file: PullFile,
  streams: readonly LogStream[],
  signal: AbortSignal,
): Promise<string[]> {
  const failures: string[] = []
  for (const stream of streams) {
    if (signal.aborted) break
    const state = await readState(file.state)
    const from = Date.now() - file.first_days * 86_400_000
    const start: Position = state[stream.name] ?? { from, newest: from }
    await follow(stream, start, following(file, signal)).catch((error: unknown) => {
      failures.push(error instanceof Error ? error.message : String(error))
    })
  }
  return failures
}

function following(file: PullFile, signal: AbortSignal): Following {
  const wait = async (ms: number) => {
    await sleep(ms, undefined, { signal })
  }
  return {
    now: Date.now,
    signal,
    wait,
    say,
    async save(name, position) {
      const state = { ...(await readState(file.state)), [name]: position }
      // A half-written state must never take the place of a whole one.
      await writeFile(`${file.state}.part`, JSON.stringify(state), { mode: 0o600 })
      await rename(`${file.state}.part`, file.state)
    },
    async deliver(format, records) {
      const body = records.map((record) => JSON.stringify(record)).join('\n')
      const headers = {
        authorization: `Bearer ${file.key}`,
        'content-type': 'application/x-ndjson',
      }
      const url = `${file.to.replace(/\/$/, '')}/v1/events?format=${format}`
      for (let tries = 1; ; tries++) {
        const answer = await ask(url, { method: 'POST', headers, body }, Date.now())
        if (answer.kind === 'ok') return
        if (answer.kind !== 'wait' || tries === 8)
          throw new Error(`Gatewatch does not take the records: ${answer.why}`)
        await wait(answer.ms ?? 500 * 2 ** tries)
      }
    },
  }
}

async function readPullFile(path: string): Promise<PullFile> {
  const parsed = PullFile.safeParse(await readSecretFile(path))
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(
    (issue) => `${path}: ${issue.path.join('.') || 'file'}: ${issue.message}`,
  )
  throw userError(faults.join('\n'))
}

async function readState(path: string): Promise<z.infer<typeof State>> {
  const content = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '{}'
    throw userError(`${path}: the state cannot be read`)
  })
  try {
    return State.parse(JSON.parse(content))
  } catch {
    throw userError(`${path}: this is no state of gatewatch pull; move it away to begin anew`)
  }
}

function say(what: string): void {
  process.stderr.write(`${new Date().toISOString()} ${what}\n`)
}
