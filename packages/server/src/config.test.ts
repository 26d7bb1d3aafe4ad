import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Config, configurationGuide, readConfig, settings } from './config.ts'

describe('readConfig', () => {
  it('works with an empty environment', () => {
    expect(readConfig({}, {})).toMatchObject({ host: '127.0.0.1', port: 5000, demo: false })
  })

  it('reads variables as text, and an empty one as not given', () => {
    const config = readConfig(
      {},
      {
        GATEWATCH_PORT: '8080',
        GATEWATCH_DEMO: 'yes',
        GATEWATCH_HOST: '',
        DATABASE_URL: 'postgres://x/y',
      },
    )
    expect(config).toMatchObject({
      port: 8080,
      demo: true,
      host: '127.0.0.1',
      databaseUrl: 'postgres://x/y',
    })
  })

  it('lets an option win over the environment', () => {
    const environment = { GATEWATCH_PORT: '8080', GATEWATCH_DEMO: 'true' }
    expect(readConfig({ port: '9', demo: false }, environment)).toMatchObject({
      port: 9,
      demo: false,
    })
  })

  it('names every wrong variable and what is wrong with it', () => {
    const read = () => readConfig({}, { GATEWATCH_PORT: '70000', DATABASE_URL: 'mysql://x' })
    expect(read).toThrow(/GATEWATCH_PORT \(--port\): .*65535/)
    expect(read).toThrow(/DATABASE_URL \(--database-url\): must begin with postgres/)
  })
})

describe('a part of several processes', () => {
  const shared = { databaseUrl: 'postgres://x/y', streamUrl: 'redis://x', secretKey: 'a key' }

  it('says what it shares with the others and was not given', () => {
    expect(readConfig({ role: 'worker', ...shared }, {})).toMatchObject({ role: 'worker' })
    for (const [missing, said] of [
      ['databaseUrl', /set DATABASE_URL/],
      ['streamUrl', /set GATEWATCH_STREAM_URL/],
      ['secretKey', /set GATEWATCH_SECRET_KEY/],
    ] as const) {
      const { [missing]: _, ...given } = shared
      expect(() => readConfig({ role: 'api', ...given }, {})).toThrow(said)
    }
  })
})

describe('members that are switched on', () => {
  const read = (members?: string) => readConfig({ members }, {}).members

  it('are the forest on verdicts alone unless others are named, each once', () => {
    expect(read()).toEqual(['random_forest'])
    expect(read('none')).toEqual([])
    expect(read('pca, dbscan,pca')).toEqual(['pca', 'dbscan'])
  })

  it('must be known', () => {
    expect(() => read('pca,svm')).toThrow(/GATEWATCH_MEMBERS \(--members\): must be none, or some/)
  })
})

describe('the documentation of the configuration', () => {
  it('describes every field', () => {
    expect(settings()).toHaveLength(Object.keys(Config.shape).length)
    for (const setting of settings()) expect(setting.description.length).toBeGreaterThan(20)
  })

  it('is current in docs/guide/configuration.md', () => {
    const path = new URL('../../../docs/guide/configuration.md', import.meta.url)
    expect(readFileSync(path, 'utf8')).toBe(configurationGuide())
  })
})
