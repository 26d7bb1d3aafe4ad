import { isFault } from '../../errors.ts'
import { type StoreFailure, storeFailure } from '../../ports/store-failure.ts'

/**
 * A driver's error as the store's. SQLSTATE classes 22 (data), 23 (integrity) and 54 (too large) blame a record;
 * 23505 (unique), 40001 and 40P01 (serialisation, deadlock) another worker; 08, 53, 57 and broken sockets the server.
 * Anything else is a bug of ours and comes back as it is.
 */
export function asStoreFailure(error: unknown): StoreFailure | unknown {
  if (!(error instanceof Error)) return error
  const code = 'code' in error ? String(error.code) : ''
  if (code === '23505' || code === '40001' || code === '40P01')
    return storeFailure('conflict', error)
  if (/^(22|23|54)...$/.test(code)) return storeFailure('data', error)
  const gone =
    /^(08|53|57)...$/.test(code) ||
    /^(E[A-Z]+)$/.test(code) ||
    /connection|timeout|closed|ended/i.test(error.message)
  return gone ? storeFailure('unavailable', error) : error
}

/** The same port, whose rejections are the store's failures; faults, which are for the caller, stay what they are. */
export function withStoreFailures<T extends object>(port: T): T {
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return async (...args: unknown[]) => {
        try {
          return await Reflect.apply(member, target, args)
        } catch (error) {
          throw isFault(error) ? error : asStoreFailure(error)
        }
      }
    },
  })
}
