import { once } from 'node:events'
import type { AccessEvent } from '@gatewatch/schema'
import { Command, Option } from 'commander'
import { toEcs } from '../connectors/ecs/write.ts'
import { toOcsf } from '../connectors/ocsf/write.ts'
import { findFiles } from '../connectors/reading/find-files.ts'
import { readEvents } from '../connectors/reading/read-events.ts'
import { EXIT, userError } from './exit-codes.ts'
import { zoneOption } from './zone-option.ts'

const writers: Readonly<Record<string, (event: AccessEvent) => unknown>> = {
  ocsf: toOcsf,
  ecs: toEcs,
  canonical: (event) => event,
}

/** `gatewatch convert FILE...`: log files of any format as one: OCSF, ECS or Gatewatch's own events, a line each. */
export function convertCommand(): Command {
  return new Command('convert')
    .description(
      'write log files of any format that is read as OCSF, ECS or own events, one a line, to standard output',
    )
    .argument('<file...>', 'log files, folders of them, or - for standard input; plain or gzip')
    .addOption(
      new Option('--to <name>', 'what to write').choices(Object.keys(writers)).default('ocsf'),
    )
    .addOption(zoneOption())
    .action(convert)
}

async function convert(
  paths: string[],
  { to, zone }: { readonly to: string; readonly zone?: string },
): Promise<void> {
  const { files } = await findFiles(paths).catch((error: unknown) => {
    throw userError(error instanceof Error ? error.message : String(error))
  })
  const write = writers[to] ?? toOcsf
  const count = { events: 0, refused: 0, skipped: 0 }
  for (const { path, written } of files) {
    const origin = {
      connector: 'file',
      now: Date.now(),
      mode: 'replay',
      ...(written === undefined ? {} : { written }),
      ...(zone === undefined ? {} : { zone }),
    } as const
    for await (const batch of readEvents(path, { connector: null, origin, meter: { read: 0 } })) {
      for (const event of batch.events) {
        const isTaken = process.stdout.write(`${JSON.stringify(write(event))}\n`)
        if (!isTaken) await once(process.stdout, 'drain')
      }
      count.events += batch.events.length
      count.refused += batch.letters.length
      for (const [, skipped] of batch.skipped) count.skipped += skipped
    }
  }
  process.stderr.write(
    `${count.events} events written, ${count.skipped} records left out, ${count.refused} refused\n`,
  )
  if (count.events === 0) process.exitCode = EXIT.failed
}
