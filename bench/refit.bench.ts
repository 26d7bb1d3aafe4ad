// npm run bench -- refit: how long an assessment waits because models are refitted in the same process: the longest gap in
// which the answering thread was busy with a refit, over ten refits of members (forest, autoencoder) on full memory.
import {
  applyDelta,
  createDelta,
  createPopulation,
  createProfile,
  defaultModels,
  defaultPolicy,
  judge,
  type Profile,
} from '../packages/engine/src/index.ts'
import { memoryStorage } from '../packages/server/src/adapters/memory/memory.ts'
import { enrich } from '../packages/server/src/pipeline/enrich.ts'
import { createTrainer } from '../packages/server/src/pipeline/trainer.ts'
import { createWorld } from '../packages/simulator/src/index.ts'

const START = Date.UTC(2025, 0, 6)
const FITS = 10

const population = createPopulation(new Uint8Array(16).fill(3))
const profiles = new Map<string, Profile>()
const networks = { find: () => ({ class: 'unknown' as const }) }
const world = createWorld({ seed: 1, people: 400, days: 15, start: START })
for (const { event } of world.events()) {
  const input = enrich(event, { places: null, networks })
  const profile = profiles.get(input.entity.key) ?? createProfile()
  profiles.set(input.entity.key, profile)
  const delta = createDelta()
  judge(input, profile, population, defaultModels, defaultPolicy, delta)
  applyDelta(population, delta)
}

const storage = memoryStorage(() => START)
const tenant = (await storage.accounts.ensureTenant('bench', false)).id
const trainer = createTrainer({
  log: storage.modelLog,
  populations: { of: async () => population },
  policy: defaultPolicy,
  head: 'shipped',
  optional: [],
  onError: (error) => {
    throw error
  },
})

/** Processor time (ms) of this thread: it does not count what other programs took of the core. */
function busy(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/** The longest processor time (ms) between two turns of the answering thread while `work` goes on, and how long that took. */
async function longestGap(work: Promise<unknown>): Promise<readonly [gap: number, whole: number]> {
  let done = false
  const finished = work.then(() => {
    done = true
  })
  const begun = performance.now()
  let longest = 0
  let last = busy()
  while (!done) {
    await new Promise((resolve) => setImmediate(resolve))
    const now = busy()
    longest = Math.max(longest, now - last)
    last = now
  }
  await finished
  return [longest, performance.now() - begun]
}

const idle: number[] = []
const gaps: number[] = []
const wholes: number[] = []
for (let n = 0; n <= FITS; n++) {
  const [quiet] = await longestGap(new Promise((resolve) => setTimeout(resolve, 500)))
  population.events += 5_000
  const [gap, whole] = await longestGap(trainer.train(tenant))
  if ((await trainer.of(tenant)).version !== population.events)
    throw new Error('nothing was fitted')
  // the first loads what the others have at hand
  if (n === 0) {
    console.log(`first refit: longest gap ${gap.toFixed(2)} ms, whole ${whole.toFixed(0)} ms`)
    continue
  }
  idle.push(quiet)
  gaps.push(gap)
  wholes.push(whole)
}
const sorted = (values: number[]) => values.sort((a, b) => a - b)
const say = (values: number[]) =>
  `median ${(sorted(values)[values.length >> 1] ?? 0).toFixed(2)} ms, longest ${(values.at(-1) ?? 0).toFixed(2)} ms`
console.log(`${population.samples.ordinary.length} samples; ${FITS} refits`)
console.log(`  whole refit: ${say(wholes)}`)
console.log(`  longest gap of the answering thread in a refit: ${say(gaps)}`)
console.log(`  the same without a refit, for half a second: ${say(idle)}`)
await trainer.close()
