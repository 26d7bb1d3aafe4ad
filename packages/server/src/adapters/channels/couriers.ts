import type { Courier } from '../../ports/courier.ts'
import type { HostGuard } from './guard.ts'
import { sendWebhook } from './webhook.ts'

/** What couriers need: `source` is the address of this installation, `clock` gives ms, UTC. */
export interface CourierParts {
  readonly guard: HostGuard
  readonly source: string
  readonly clock: () => number
}

/** A courier for every kind of channel. */
export function createCourier({ guard, source, clock }: CourierParts): Courier {
  return async (settings, message) => {
    switch (settings.kind) {
      case 'webhook':
        return sendWebhook(guard, settings, message, source, clock())
    }
  }
}
