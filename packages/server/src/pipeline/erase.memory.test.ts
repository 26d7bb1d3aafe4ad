import { memoryStorage } from '../adapters/memory/memory.ts'
import { NOON } from '../ports/samples.contract.ts'
import { testErasure } from './erase.contract.ts'

testErasure('memory', async () => ({
  storage: memoryStorage(() => NOON),
  everything: null,
  close: async () => {},
}))
