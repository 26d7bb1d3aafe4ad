import { memoryStorage } from '../adapters/memory/memory.ts'
import { NOON } from '../ports/samples.contract.ts'
import { testLateEvents } from './late.contract.ts'
import { testLinkedEvents } from './linked.contract.ts'
import { testPipeline } from './pipeline.contract.ts'
import { testWaves } from './waves.contract.ts'

testPipeline('memory', async () => ({ storage: memoryStorage(() => NOON), close: async () => {} }))
testLateEvents('memory', async (now) => ({
  storage: memoryStorage(() => now),
  close: async () => {},
}))
testLinkedEvents('memory', async (clock) => ({
  storage: memoryStorage(clock),
  close: async () => {},
}))
testWaves('memory', async () => ({ storage: memoryStorage(() => NOON), close: async () => {} }))
