import type { Redis } from 'ioredis'
import { leaseOf, STREAMS, WORKERS } from './keys.ts'

/** Which streams a worker reads. It is a matter of order and warm caches alone: a worker that lost one and goes on does no harm. */
export interface Leases {
  /** Keeps those that are held, takes free ones up to a fair share, and says which are held now. */
  renew(): Promise<{ readonly mine: ReadonlySet<number>; readonly share: number }>
  release(stream: number): Promise<void>
  /** Gives up all, and is no longer counted among the workers. */
  leave(): Promise<void>
}

/** Answers the share, then the streams held. Time is that of Redis, so that clocks of workers do not matter. */
const RENEW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local streams = #KEYS - 1
local share = math.ceil(streams / redis.call('ZCARD', KEYS[1]))
local answer = { share }
local free = {}
for index = 2, #KEYS do
  local owner = redis.call('GET', KEYS[index])
  if owner == ARGV[1] then
    redis.call('PEXPIRE', KEYS[index], ARGV[2])
    table.insert(answer, index - 2)
  elseif not owner then
    table.insert(free, index)
  end
end
for _, index in ipairs(free) do
  if #answer - 1 >= share then break end
  redis.call('SET', KEYS[index], ARGV[1], 'PX', ARGV[2])
  table.insert(answer, index - 2)
end
return answer`

const RELEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end`

/** Leases of the worker of this name, which end by themselves after `leaseMs`. */
export function createLeases(redis: Redis, worker: string, leaseMs: number): Leases {
  async function release(stream: number): Promise<void> {
    await redis.eval(RELEASE, 1, leaseOf(stream), worker)
  }
  return {
    release,
    async renew() {
      const keys = [WORKERS, ...STREAMS.map(leaseOf)]
      const answer: unknown = await redis.eval(RENEW, keys.length, ...keys, worker, leaseMs)
      const [share = 0, ...mine] = Array.isArray(answer) ? answer.map(Number) : []
      return { mine: new Set(mine), share }
    },
    async leave() {
      await redis.zrem(WORKERS, worker)
      for (const stream of STREAMS) await release(stream)
    },
  }
}
