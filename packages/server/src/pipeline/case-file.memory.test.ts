import { memoryStorage } from '../adapters/memory/memory.ts'
import { testCaseFiles } from './case-file.contract.ts'

testCaseFiles('memory', async (now) => ({
  storage: memoryStorage(() => now),
  close: async () => {},
}))
