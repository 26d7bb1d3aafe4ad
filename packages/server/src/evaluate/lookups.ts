import type { World } from '@gatewatch/simulator'
import type { NetworkLookup, PlaceLookup } from '../ports/lookup.ts'

/** What operators' address databases would say of a made-up world's addresses. */
export function worldLookups(world: World): { places: PlaceLookup; networks: NetworkLookup } {
  return {
    places: {
      find: (ip) => world.placeOf(ip),
      describe: () => ({ name: 'made-up world', built: 0 }),
    },
    networks: { find: (ip) => ({ class: world.placeOf(ip)?.class ?? 'unknown' }) },
  }
}
