import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Logger } from 'pino'
import { openAliases } from './adapters/aliases/aliases.ts'
import { mmdbEntry } from './adapters/maxmind/address-plan.ts'
import { openPlaces } from './adapters/maxmind/places.ts'
import { writeMmdb } from './adapters/maxmind/write-mmdb.ts'
import { openNetworks } from './adapters/networks/networks.ts'
import type { Intake } from './api/parts.ts'
import { apiOrigin } from './api/read-body.ts'
import { bodyReader } from './api/read-thread.ts'
import type { Config } from './config.ts'
import { eventFromInput } from './connectors/canonical/event-from-input.ts'
import { eventFromPredict } from './connectors/predict/event-from-predict.ts'
import { connectors } from './connectors/registry.ts'
import { demoAddresses } from './demo/player.ts'
import { enrich, type Lookups } from './pipeline/enrich.ts'

/** How what arrives over HTTP becomes events, with these lookups. */
export function createIntake(lookups: Lookups): Intake {
  return {
    fromInput: (input, now) => eventFromInput(input, apiOrigin(now), now),
    fromPredict: eventFromPredict,
    read: bodyReader().read,
    formats: connectors.map(({ format }) => format),
    enrich: (event) => enrich(event, lookups),
  }
}

/**
 * The operator's files of places, networks, reputation and aliases; while the demo plays, also the addresses of its made-up
 * internet, written to the data folder as such files, beneath the operator's.
 */
export async function openLookups(
  { cityFile, asnFile, networksFile, listsDir, aliasesFile, demo, dataDir }: Config,
  log: Logger,
): Promise<Lookups & { close(): void }> {
  const warn = (problem: Error) => log.warn({ err: problem }, 'a lookup file cannot be read')
  const made = demo ? await writeDemoAddresses(resolve(dataDir)) : null
  const files = [made?.places, cityFile, asnFile].filter((file) => file !== undefined)
  const places = files.length === 0 ? null : await openPlaces(files, warn)
  const own = networksFile ?? made?.networks
  const networks = await openNetworks({ networksFile: own, listsDir }, Date.now, warn)
  const aliases = await openAliases(aliasesFile, warn)
  const close = () => {
    places?.close()
    networks.close()
    aliases.close()
  }
  return { places, networks, aliases, close }
}

async function writeDemoAddresses(
  folder: string,
): Promise<{ readonly places: string; readonly networks: string }> {
  const plan = [...demoAddresses()]
  const classes = new Map(plan.map(({ asn, class: kind }) => [asn, kind]))
  const lines = [...classes].map(([asn, kind]) => `AS${asn},${kind}\n`)
  const about = { type: 'Gatewatch demo', built: Date.now() }
  const files = { places: join(folder, 'demo.mmdb'), networks: join(folder, 'demo-networks.csv') }
  await mkdir(folder, { recursive: true })
  await writeFile(files.places, writeMmdb(plan.map(mmdbEntry), about))
  await writeFile(files.networks, lines.join(''))
  return files
}
