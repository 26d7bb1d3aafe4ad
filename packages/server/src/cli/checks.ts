import { mkdtemp, open, rm, stat, statfs } from 'node:fs/promises'
import { createServer } from 'node:net'
import { freemem } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { inspectDatabase } from '../app-database.ts'
import { inspectStream } from '../app-stream.ts'
import type { Config } from '../config.ts'

/** One thing looked at; `remedy` says what to do where it is not well. */
export interface Check {
  readonly name: string
  readonly state: 'ok' | 'warn' | 'fail'
  readonly found: string
  readonly remedy?: string
}

const gigabyte = 1024 ** 3
const dayMs = 86_400_000

/** Looks at everything that Gatewatch needs, one after the other. */
export async function* checks(config: Config): AsyncGenerator<Check> {
  yield nodeVersion()
  yield memory()
  const folder = await existingFolder(config.dataDir)
  yield await disk(folder)
  yield await syncLatency(folder)
  const database = await databaseCheck(config)
  yield database.check
  if (database.clockSkewMs !== null) yield clock(database.clockSkewMs)
  const stream = await streamCheck(config)
  if (stream !== null) yield stream
  yield await port(config)
  yield await dataFile('places (cityFile)', config.cityFile, 'GATEWATCH_CITY_FILE')
  yield await dataFile('networks (asnFile)', config.asnFile, 'GATEWATCH_ASN_FILE')
}

function nodeVersion(): Check {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const good = major > 22 || (major === 22 && minor >= 18)
  const found = process.versions.node
  if (good) return { name: 'Node', state: 'ok', found }
  return {
    name: 'Node',
    state: 'fail',
    found,
    remedy: 'Install Node 22.18 or newer, or start through npm.',
  }
}

function memory(): Check {
  const free = freemem() / gigabyte
  const found = `${free.toFixed(1)} GB free`
  if (free >= 1) return { name: 'memory', state: 'ok', found }
  return {
    name: 'memory',
    state: 'warn',
    found,
    remedy: 'Gatewatch with its database wants about 1 GB.',
  }
}

async function disk(folder: string): Promise<Check> {
  const { bavail, bsize } = await statfs(folder)
  const free = (bavail * bsize) / gigabyte
  const found = `${free.toFixed(1)} GB free at ${folder}`
  if (free >= 10) return { name: 'disk', state: 'ok', found }
  const remedy =
    'A million events take about 3 GB, and the log of the database up to 4 GB. Make room, or choose another --data-dir.'
  return { name: 'disk', state: free < 2 ? 'fail' : 'warn', found, remedy }
}

/** Each acknowledgement waits for one fsync: its time bounds how many requests are answered a second. */
async function syncLatency(folder: string): Promise<Check> {
  const scratch = await mkdtemp(join(folder, 'gatewatch-doctor-')).catch(() => null)
  const name = 'fsync'
  if (scratch === null) {
    return {
      name,
      state: 'fail',
      found: `${folder} is not writable`,
      remedy: 'Give this user the right to write there, or choose another --data-dir.',
    }
  }
  try {
    const file = await open(join(scratch, 'probe'), 'w')
    const times: number[] = []
    for (let round = 0; round < 20; round++) {
      await file.write(Buffer.alloc(8_192, round))
      const started = performance.now()
      await file.datasync()
      times.push(performance.now() - started)
    }
    await file.close()
    const median = times.sort((a, b) => a - b)[10] ?? Number.NaN
    const found = `${median.toFixed(2)} ms (median of 20)`
    if (median > 20) {
      return {
        name,
        state: 'warn',
        found,
        remedy: 'The disk is slow to make data safe; a local SSD answers in 1-5 ms.',
      }
    }
    return { name, state: 'ok', found }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

async function databaseCheck(
  config: Config,
): Promise<{ check: Check; clockSkewMs: number | null }> {
  const name = 'database'
  try {
    const { description, clockSkewMs } = await inspectDatabase(config)
    return { check: { name, state: 'ok', found: description }, clockSkewMs }
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error)
    const remedy =
      config.databaseUrl === undefined
        ? 'Its log is server.log in the data folder.'
        : 'Check DATABASE_URL: host, port, user, password, and that the server takes connections from here.'
    return { check: { name, state: 'fail', found, remedy }, clockSkewMs: null }
  }
}

async function streamCheck(config: Config): Promise<Check | null> {
  const name = 'stream'
  try {
    const found = await inspectStream(config)
    if (found === null) return null
    if (found.problem === null) return { name, state: 'ok', found: found.description }
    return { name, state: 'warn', found: found.description, remedy: found.problem }
  } catch (error) {
    return {
      name,
      state: 'fail',
      found: error instanceof Error ? error.message : String(error),
      remedy:
        'Check GATEWATCH_STREAM_URL: host, port, user, password, and that it takes connections from here.',
    }
  }
}

function clock(skewMs: number): Check {
  const found = `${(Math.abs(skewMs) / 1000).toFixed(1)} s from the database's`
  if (Math.abs(skewMs) < 2_000) return { name: 'clock', state: 'ok', found }
  return {
    name: 'clock',
    state: 'warn',
    found,
    remedy: 'Let NTP set both clocks: travel speeds are computed from times.',
  }
}

async function port({ host, port: wanted }: Config): Promise<Check> {
  const name = `port ${wanted}`
  const refusal = await new Promise<string | null>((done) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message))
    server.listen(wanted, host, () => server.close(() => done(null)))
  })
  if (refusal === null) return { name, state: 'ok', found: `free on ${host}` }
  if (refusal === 'EADDRINUSE') {
    return {
      name,
      state: 'warn',
      found: 'taken',
      remedy: 'Gatewatch takes the next free one and says which; or choose --port.',
    }
  }
  return {
    name,
    state: 'fail',
    found: `cannot be used on ${host} (${refusal})`,
    remedy: 'Choose another --host or --port.',
  }
}

async function dataFile(name: string, path: string | undefined, variable: string): Promise<Check> {
  if (path === undefined) {
    return {
      name,
      state: 'warn',
      found: 'none',
      remedy: `Set ${variable} to a .mmdb file, unless your logs bring places along.`,
    }
  }
  const found = await stat(path).catch(() => null)
  if (found === null)
    return { name, state: 'fail', found: `${path} is not there`, remedy: `Correct ${variable}.` }
  const age = Math.floor((Date.now() - found.mtimeMs) / dayMs)
  const state = age > 60 ? 'warn' : 'ok'
  const text = `${path}, ${age} days old`
  if (state === 'ok') return { name, state, found: text }
  return {
    name,
    state,
    found: text,
    remedy: 'Addresses move: fetch a newer file; it is read without a restart.',
  }
}

/** The data folder, or the nearest one above it that exists: doctor makes nothing. */
async function existingFolder(path: string): Promise<string> {
  for (let at = resolve(path); ; at = dirname(at)) {
    const found = await stat(at).catch(() => null)
    if (found?.isDirectory() === true || at === dirname(at)) return at
  }
}
