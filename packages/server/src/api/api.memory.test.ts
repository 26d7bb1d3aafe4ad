import { memoryStorage } from '../adapters/memory/memory.ts'
import { openNetworks } from '../adapters/networks/networks.ts'
import { createVault } from '../adapters/vault.ts'
import { assemble } from '../app.ts'
import { createLog } from '../app-database.ts'
import { createIntake } from '../app-intake.ts'
import { readConfig } from '../config.ts'
import { testApi } from './api.contract.ts'
import { writeNetworks } from './asker.contract.ts'

testApi('memory', async () => {
  const storage = memoryStorage(Date.now)
  const demo = (await storage.accounts.ensureTenant('demo', true)).id
  const networks = await openNetworks({ networksFile: await writeNetworks() }, Date.now, () => {})
  const intake = createIntake({ places: null, networks })
  const database = { storage, ping: async () => Date.now(), vault: createVault(Buffer.alloc(32)) }
  const config = readConfig({ demo: true, allowHosts: '127.0.0.1' }, {})
  const { api, close } = await assemble(config, database, intake, createLog('error'), demo)
  return { api, accounts: storage.accounts, deadLetters: storage.deadLetters, close }
})
