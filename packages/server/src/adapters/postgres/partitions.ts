import type pg from 'pg'

const WEEK_MS = 604_800_000
/** How many weeks are made ahead of now. */
const AHEAD_WEEKS = 4

/** The weekly partitions of the events: known here, made in the database. */
export interface Partitions {
  /** Makes the partitions that these times (ms) need, where missing. */
  cover(times: readonly number[]): Promise<void>
  /** Makes those of the coming weeks, and drops what is older than `retentionDays`, or than a tenant wants it. */
  maintain(now: number, retentionDays: number): Promise<void>
}

/** Partitions through a pool of the maintain role. */
export function postgresPartitions(pool: pg.Pool): Partitions {
  const known = new Set<number>()

  async function make(week: number): Promise<void> {
    if (known.has(week)) return
    await pool.query('select make_partition($1)', [week])
    known.add(week)
  }

  return {
    async cover(times) {
      for (const time of times) {
        const week = Math.floor(time / WEEK_MS)
        if (!known.has(week)) await make(week)
      }
    },
    async maintain(now, retentionDays) {
      const current = Math.floor(now / WEEK_MS)
      for (let week = current - 1; week <= current + AHEAD_WEEKS; week += 1) await make(week)
      const before = now - retentionDays * 86_400_000
      const { rows } = await pool.query<{ week: number }>('select partitions() as week')
      for (const { week } of rows) {
        if ((week + 1) * WEEK_MS > before) continue
        await pool.query('select drop_partition($1)', [week])
        known.delete(week)
      }
      await pool.query('select expire($1)', [before])
      await pool.query('select expire_tenants($1)', [now])
    },
  }
}
