import { expect, test } from 'vitest'
import { createWorld, FAMILIES } from './world.ts'

test.each(FAMILIES)(
  'in %s managed devices are common, now and then cannot show it, and thieves of sessions pass for one',
  (family) => {
    const devices = new Map<string, { managed: number; all: number }>()
    const seen = { benign: { managed: 0, all: 0 }, hostile: { managed: 0, all: 0 } }
    const start = Date.UTC(2026, 0, 8)
    const options = { family, seed: 21, people: 500, days: 28, start, cloud: 0, attacks: 6 }
    for (const { event, truth } of createWorld(options).events()) {
      if (event.class_uid !== 3002 || event.status_id !== 1) continue
      const managed = Number(event.device?.is_managed === true)
      const side = truth.label === 'benign' ? seen.benign : seen.hostile
      side.all++
      side.managed += managed
      const uid = event.device?.uid
      if (truth.label !== 'benign' || uid === undefined) continue
      const device = devices.get(uid) ?? { managed: 0, all: 0 }
      devices.set(uid, { managed: device.managed + managed, all: device.all + 1 })
    }
    const share = ({ managed, all }: { managed: number; all: number }) => managed / all
    expect(share(seen.benign)).toBeGreaterThan(0.03)
    expect(share(seen.benign)).toBeLessThan(0.6)
    expect(seen.hostile.managed).toBeGreaterThan(0)
    expect(share(seen.hostile)).toBeLessThan(share(seen.benign))
    const kept = [...devices.values()].filter((one) => one.all >= 10 && share(one) > 0.5)
    const lapses = kept.reduce((sum, one) => sum + one.all - one.managed, 0)
    const all = kept.reduce((sum, one) => sum + one.all, 0)
    expect(lapses / all).toBeGreaterThan(0.005)
    expect(lapses / all).toBeLessThan(0.12)
  },
)
