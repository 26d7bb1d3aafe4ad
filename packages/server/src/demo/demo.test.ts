import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PredictResponse } from '@gatewatch/schema'
import { ADA, demoOrganisation } from '@gatewatch/simulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { memoryStorage } from '../adapters/memory/memory.ts'
import { createVault } from '../adapters/vault.ts'
import { arriving } from '../api/arriving.ts'
import { type Assembled, assemble } from '../app.ts'
import { createLog } from '../app-database.ts'
import { createIntake, openLookups } from '../app-intake.ts'
import { readConfig } from '../config.ts'
import { DEMO_SEED, playDemo, type Stage } from './player.ts'

/** A Wednesday morning: Ada is at work, and the Sunday before is three days gone. */
const now = Date.UTC(2026, 2, 18, 9, 30)

let folder: string
let assembled: Assembled
let stage: Omit<Stage, 'signal' | 'onHistory'>
let events = 0

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatewatch-demo-'))
  const config = readConfig({ demo: true, dataDir: folder }, {})
  const log = createLog('error')
  const clock = () => now
  const storage = memoryStorage(clock)
  const { id } = await storage.accounts.ensureTenant('demo', true)
  const intake = createIntake(await openLookups(config, log))
  const database = { storage, ping: async () => now, vault: createVault(Buffer.alloc(32)) }
  assembled = await assemble(config, database, intake, log, id, clock)
  assembled.pipeline.onCommit((committed) => {
    events += committed.events.length
  })
  stage = {
    stream: assembled.pipeline,
    tenant: id,
    arriving: (event) => arriving({ intake }, event),
    folder,
    now: clock,
  }
  await playHistory()
}, 300_000)
afterAll(async () => {
  await assembled?.close()
  await rm(folder, { recursive: true, force: true })
})

/** Plays until the history is learned, or was before; returns the shares that were told. */
async function playHistory(): Promise<number[]> {
  const stop = new AbortController()
  const told: number[] = []
  const onHistory = (share: number) => {
    told.push(share)
    if (share === 1) stop.abort()
  }
  const playing = playDemo({ ...stage, signal: stop.signal, onHistory })
  setTimeout(() => told.length === 0 && stop.abort(), 2_000)
  await playing
  return told
}

async function predict(payload: object): Promise<PredictResponse> {
  const answer = await assembled.api.inject({ method: 'POST', url: '/predict', payload })
  expect(answer.statusCode, answer.body).toBe(200)
  return PredictResponse.parse(answer.json())
}

describe('with the history of the demo', () => {
  it('a sign-in of a known person at work is normal', async () => {
    const answer = await predict({
      user_id: ADA.email,
      timestamp: new Date(now).toISOString(),
      ip_address: demoOrganisation({ seed: DEMO_SEED }).adaHomeIp,
      geo_location: 'Stockholm, SE',
      device_id: ADA.deviceId,
      login_hour: 9,
      is_new_device: false,
      bytes_in: 12_000,
      bytes_out: 48_000,
      success: true,
    })
    expect(answer).toMatchObject({ anomaly: 0, prediction: 'Normal' })
    expect(answer.risk).toBeLessThan(25)
  })

  it('the same person from elsewhere, on an unknown device, is an anomaly', async () => {
    const answer = await predict({
      user_id: ADA.email,
      timestamp: new Date(now).toISOString(),
      ip_address: '198.51.100.4',
      geo_location: 'Lagos, NG',
      device_id: 'unheard-of',
      success: true,
    })
    expect(answer).toMatchObject({ anomaly: 1, prediction: 'Anomaly' })
    expect(answer.risk).toBeGreaterThan(75)
  })

  it.each([
    { ip_encoded: 7, user_encoded: 42 },
    { ip_encoded: 12_345, user_encoded: 3 },
  ])(
    'an encoded stranger %j is an anomaly at 02:00 on a Sunday, not at noon on a Wednesday',
    async (encoded) => {
      const night = await predict({ ...encoded, hour: 2, day_of_week: 6 })
      expect(night).toMatchObject({ anomaly: 1, prediction: 'Anomaly' })
      const noon = await predict({ ...encoded, hour: 12, day_of_week: 1 })
      expect(noon).toMatchObject({ anomaly: 0, prediction: 'Normal' })
    },
  )

  it('a restart learns nothing of it again', async () => {
    const before = events
    expect(await playHistory()).toEqual([])
    expect(events).toBe(before)
  })
})
