import { catalogue } from '../features/catalogue.ts'
import type { Models } from '../types.ts'

/** The models that ship: each term of the catalogue with its shipped weight. Nothing in them was fitted on labels. */
export const defaultModels: Models = {
  version: 1,
  head: Float64Array.from(catalogue, (feature) => feature.weight),
  members: [],
  fitted: { events: 0, settled: 0 },
}
