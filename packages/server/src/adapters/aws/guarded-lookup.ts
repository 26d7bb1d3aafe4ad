import { isIP, type LookupFunction } from 'node:net'
import type { HostGuard } from '../channels/guard.ts'

/** Looks names up as the guard lets it, each time a connection is made. */
export function guardedLookup(guard: HostGuard): LookupFunction {
  return (host, { all }, done) => {
    guard.addressOf(host).then(
      (address) => {
        const family = isIP(address)
        if (all === true) done(null, [{ address, family }])
        else done(null, address, family)
      },
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error)), ''),
    )
  }
}
