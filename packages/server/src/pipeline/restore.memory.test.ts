import { memoryStorage } from '../adapters/memory/memory.ts'
import { NOON } from '../ports/samples.contract.ts'
import { testRestore } from './restore.contract.ts'

testRestore('memory', async () => ({ storage: memoryStorage(() => NOON), close: async () => {} }))
