import type { News } from '../../ports/news.ts'
import type { Storage } from '../../ports/storage.ts'
import { postgresAccounts } from './accounts.ts'
import { openDatabase } from './database.ts'
import { type LetterSealing, postgresDeadLetters } from './dead-letters.ts'
import { withStoreFailures } from './failures.ts'
import { postgresIncidents } from './incidents.ts'
import { postgresLinks } from './links.ts'
import { postgresModelLog } from './model-log.ts'
import { postgresNews } from './news.ts'
import { postgresOutbox } from './outbox.ts'
import { postgresPartitions } from './partitions.ts'
import { postgresPopulationLog } from './population-log.ts'
import { postgresQuestions } from './questions.ts'
import { postgresReader } from './reader.ts'
import type { ServerAddress } from './server-address.ts'
import { postgresSources } from './sources.ts'
import { postgresStore } from './store.ts'
import { postgresTunings } from './tunings.ts'

/** How often (ms) partitions are made ahead and old ones dropped. */
const MAINTAIN_MS = 6 * 3_600_000

/** All storage ports on one PostgreSQL database. */
export interface PostgresStorage extends Storage {
  /** How processes on this database tell one another of their commits. */
  readonly news: News
  /** The database's own clock, in ms since 1970, UTC; rejects where it does not answer. */
  ping(): Promise<number>
  close(): Promise<void>
}

/** What may be set; see the fields of the configuration. */
export interface PostgresOptions {
  /** Now, in ms since 1970, UTC. */
  readonly clock: () => number
  /** How many batches write at a time; default 2. */
  readonly lanes?: number
  /** How long (days) events are kept; default 400. */
  readonly retentionDays?: number
  /** Hears of maintenance that failed; it is tried again. */
  readonly onError?: (error: unknown) => void
  /** How raw bytes of dead letters are kept; absent: as they came. */
  readonly letters?: LetterSealing
}

/**
 * Migrates and opens the database at this address, whose user may make roles; everything after that runs under the
 * roles it makes. Rejects with a sentence that says what to do.
 */
export async function openPostgres(
  admin: ServerAddress,
  options: PostgresOptions,
): Promise<PostgresStorage> {
  const { clock, lanes = 2, retentionDays = 400, onError = () => {}, letters } = options
  const { writers, readers, db, maintain, close } = await openDatabase(admin, lanes)
  const partitions = postgresPartitions(maintain)
  await partitions.maintain(clock(), retentionDays)
  const timer = setInterval(() => {
    partitions.maintain(clock(), retentionDays).catch(onError)
  }, MAINTAIN_MS)
  timer.unref()
  return {
    store: postgresStore(writers, partitions, clock, letters),
    reader: withStoreFailures(postgresReader(db, clock)),
    accounts: withStoreFailures(postgresAccounts(db, clock)),
    deadLetters: withStoreFailures(postgresDeadLetters(db, clock, letters)),
    populationLog: postgresPopulationLog(readers, clock),
    modelLog: postgresModelLog(readers, clock),
    links: withStoreFailures(postgresLinks(readers, clock)),
    outbox: withStoreFailures(postgresOutbox(readers)),
    news: postgresNews(readers, onError),
    sources: withStoreFailures(postgresSources(readers)),
    incidents: withStoreFailures(postgresIncidents(readers)),
    tunings: withStoreFailures(postgresTunings(readers)),
    questions: withStoreFailures(postgresQuestions(readers)),
    async ping() {
      const { rows } = await readers.query<{ now: Date }>('select clock_timestamp() as now')
      return rows[0]?.now.getTime() ?? Number.NaN
    },
    async close() {
      clearInterval(timer)
      await close()
    },
  }
}

/** The parts of a DATABASE_URL; of its parameters `sslmode` and `host` are read, with libpq's meaning. Throws at what is no postgres:// URL. */
export function parseDatabaseUrl(url: string): ServerAddress {
  const { protocol, hostname, port, username, password, pathname, searchParams } = new URL(url)
  if (protocol !== 'postgres:' && protocol !== 'postgresql:') {
    throw new Error('DATABASE_URL must begin with postgres:// or postgresql://')
  }
  return {
    host:
      searchParams.get('host') ?? (hostname === '' ? 'localhost' : decodeURIComponent(hostname)),
    port: port === '' ? 5432 : Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)) || decodeURIComponent(username),
  }
}
