import { InvalidArgumentError, Option } from 'commander'
import { isZone } from '../connectors/values/zone.ts'

/** `--zone NAME`: where clocks stand whose logs name no zone. Refuses a zone that does not exist. */
export function zoneOption(): Option {
  return new Option(
    '--zone <name>',
    'where logs were written that name no zone (syslog, PingFederate ...), e.g. Europe/Oslo or +02:00',
  ).argParser((zone) => {
    if (isZone(zone)) return zone
    throw new InvalidArgumentError('There is no such zone; use e.g. Europe/Oslo or +02:00.')
  })
}
