import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openNetworks } from '../adapters/networks/networks.ts'
import { assemble } from '../app.ts'
import { createLog, openDatabase } from '../app-database.ts'
import { createIntake } from '../app-intake.ts'
import { readConfig } from '../config.ts'
import { testApi } from './api.contract.ts'
import { writeNetworks } from './asker.contract.ts'

testApi('embedded PostgreSQL', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'gatewatch-api-'))
  // PostgreSQL does not run as root, and its user must be able to enter.
  await chmod(dataDir, 0o755)
  const config = readConfig({ demo: true, dataDir, allowHosts: '127.0.0.1' }, {})
  const log = createLog('error')
  const database = await openDatabase(config, log)
  const { accounts, deadLetters } = database.storage
  const demo = (await accounts.ensureTenant('demo', true)).id
  const intake = createIntake({
    places: null,
    networks: await openNetworks({ networksFile: await writeNetworks() }, Date.now, () => {}),
  })
  const assembled = await assemble(config, database, intake, log, demo)
  const close = async () => {
    await assembled.close()
    await database.close()
    await rm(dataDir, { recursive: true, force: true })
  }
  return { api: assembled.api, accounts, deadLetters, close }
})
