import { randomBytes, randomUUID } from 'node:crypto'
import type pg from 'pg'
import type { Store } from '../../ports/store.ts'
import { array } from './arrays.ts'
import { type BatchConnection, openBatch, type Statements } from './batch.ts'
import type { LetterSealing } from './dead-letters.ts'
import { asStoreFailure } from './failures.ts'
import type { Partitions } from './partitions.ts'

/** How many rows share an hour's count, so that batches that commit at once do not wait for one another. */
const SHARDS = 16

/** Under which names a connection writes: it commits one batch after the other, so its numbers appear in order. */
interface Numbers {
  readonly writer: string
  readonly shard: number
  /** How many deltas it has appended, by tenant. */
  readonly appended: Map<number, number>
}

/** The transactional store on PostgreSQL. `writers` are connections of the app role. */
export function postgresStore(
  writers: pg.Pool,
  partitions: Partitions,
  clock: () => number,
  letters?: LetterSealing,
): Store {
  const connections = new WeakMap<pg.PoolClient, Numbers>()
  let nextShard = randomBytes(1)[0] ?? 0

  function numbersOf(client: pg.PoolClient) {
    let numbers = connections.get(client)
    if (numbers === undefined) {
      nextShard += 1
      numbers = { writer: randomUUID(), shard: nextShard % SHARDS, appended: new Map() }
      connections.set(client, numbers)
    }
    return numbers
  }

  async function inTransaction<T>(
    tenant: number,
    work: (connection: BatchConnection) => Promise<T>,
  ): Promise<T> {
    const client = await writers.connect()
    const numbers = numbersOf(client)
    const statements = openStatements(client)
    const connection: BatchConnection = {
      client: statements,
      partitions,
      tenant,
      letters,
      now: clock(),
      shard: numbers.shard,
      writer: numbers.writer,
      nextNumber: (numbers.appended.get(tenant) ?? 0) + 1,
      appended: false,
    }
    let broken: Error | undefined
    try {
      const begun = statements.query(
        `begin; select set_config('gatewatch.tenant', '${Math.trunc(tenant)}', true)`,
      )
      const [result] = await Promise.all([work(connection), begun])
      await client.query('commit')
      if (connection.appended) numbers.appended.set(tenant, connection.nextNumber)
      return result
    } catch (error) {
      await client.query('rollback').catch((failed: Error) => {
        broken = failed
      })
      throw error
    } finally {
      client.release(broken)
    }
  }

  return {
    async transact(tenant, work) {
      try {
        return await inTransaction(tenant, (connection) => work(openBatch(connection)))
      } catch (error) {
        throw asStoreFailure(error)
      }
    },
    async firstReceived(tenant, keys, now) {
      const rows = await inTransaction(tenant, async ({ client }) => {
        await client.query(
          `insert into first_received (tenant, key, time)
           select $1, key, $3 from unnest($2::uuid[]) as u(key) order by key on conflict do nothing`,
          [tenant, array.uuid(keys), now],
        )
        const found = await client.query<{ key: string; time: number }>(
          `select replace(key::text, '-', '') as key, time from first_received
           where tenant = $1 and key = any($2::uuid[])`,
          [tenant, array.uuid(keys)],
        )
        return found.rows
      })
      return new Map(rows.map(({ key, time }) => [key, time]))
    },
  }
}

/** Statements are sent without waiting, so one that fails is followed by others that say only that one failed. */
function openStatements(client: pg.PoolClient): Statements {
  let failure: unknown
  return {
    async query(statement, values) {
      try {
        return await client.query(statement, values)
      } catch (error) {
        failure ??= error
        throw failure
      }
    },
  }
}
