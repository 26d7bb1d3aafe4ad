import { openAliases } from '../adapters/aliases/aliases.ts'
import { openPlaces } from '../adapters/maxmind/places.ts'
import { openNetworks } from '../adapters/networks/networks.ts'
import { readConfig } from '../config.ts'
import type { Lookups } from '../pipeline/enrich.ts'
import type { Progress } from './progress.ts'

/**
 * What is known of addresses and aliases, for a command that needs no database: from these .mmdb files, or from those of the
 * configuration where none are named. Rejects where a file cannot be read.
 */
export async function openLookups(
  named: readonly string[] | undefined,
  progress: Progress,
): Promise<Lookups & { close: () => void }> {
  const config = readConfig({})
  const files = named ?? [config.cityFile, config.asnFile].filter((file) => file !== undefined)
  const say = (problem: Error) => progress.say(problem.message)
  const networks = await openNetworks(config, Date.now, say)
  const aliases = await openAliases(config.aliasesFile, say)
  const places = files.length === 0 ? null : await openPlaces(files, say)
  return {
    places,
    networks,
    aliases,
    close() {
      networks.close()
      aliases.close()
      places?.close()
    },
  }
}
