import type { Internet } from './internet.ts'
import type { Company, Office, Person } from './people.ts'
import { hash, randomOf, unit } from './random.ts'
import type { DriftWeek } from './weeks.ts'

/** Everybody from a drift week on, as the same records with what that week changed. Deterministic. */
export function drifted(
  internet: Internet,
  people: readonly Person[],
  week: DriftWeek,
): readonly Person[] {
  const change = CHANGES[week]
  return people.map((person) => {
    const changed = change(internet, person)
    const { sharedWith } = changed
    return sharedWith === null ? changed : { ...changed, sharedWith: change(internet, sharedWith) }
  })
}

const CHANGES: Readonly<Record<DriftWeek, (internet: Internet, person: Person) => Person>> = {
  office_move(internet, person) {
    const [seat] = person.company.offices
    if (seat === undefined) return person
    const block = internet.office(`${person.company.name} new ${seat.city.name}`, seat.city)
    const moved = (office: Office) => (office.city === seat.city ? { ...office, block } : office)
    return {
      ...person,
      company: { ...person.company, offices: person.company.offices.map(moved) },
      office: person.office === null ? null : moved(person.office),
    }
  },
  vpn_change(internet, person) {
    if (unit(person.seed, 191) >= 0.3) return person
    return { ...person, company: behindVendor(internet, person.company) }
  },
  browser_update: (_, person) => ({
    ...person,
    devices: person.devices.map((device) => ({ ...device, lagDays: 0 })),
  }),
  // The clock on the wall is an hour ahead of what it was, and people keep to it.
  clock_change: (_, person) => ({ ...person, midday: person.midday - 1 }),
}

/** A company whose remote staff come out of a gateway that a vendor runs in a data centre. */
function behindVendor(internet: Internet, company: Company): Company {
  const random = randomOf(company.index, hash(Number(company.account.slice(0, 9)), 192))
  const vendor = random.pick(internet.clouds)
  const block = random.pick([...vendor.blocks.values()].flat())
  return {
    ...company,
    vpn: { city: block.city, block, exits: 4 },
    vpnShare: Math.max(company.vpnShare, 0.35),
  }
}
