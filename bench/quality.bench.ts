// How well attacks are found: ten worlds of 1,000 people over 80 days, half of each family, the first 32 days only learned
// from. Seeds 1-5 are for tuning; 101-105 are not used for it. Prints every bar and every table.
import { asText } from '../packages/server/src/evaluate/cells.ts'
import { evaluateWorlds } from '../packages/server/src/evaluate/evaluate-worlds.ts'
import { tell } from '../packages/server/src/evaluate/tell.ts'

const worlds = (['offices', 'crews'] as const).flatMap((family) =>
  [101, 102, 103, 104, 105].map((seed) => ({ family, seed, people: 1000, days: 80, warmUp: 32 })),
)
console.log(asText(tell(await evaluateWorlds(worlds))))
