import {
  Decision,
  Entity,
  type EventFacet,
  EventKind,
  EventOutcome,
  NetworkClass,
} from '@gatewatch/schema'
import { formatCountry } from '../../format.ts'
import { text } from '../../text.ts'
import { printable } from '../../verdict/printable.ts'

/** A value of a facet in the reader's words; what came from a record is written so that it hides nothing. */
export function valueWords(facet: EventFacet, value: string): string {
  const { explore } = text
  switch (facet) {
    case 'class':
      return text.entity[Entity.shape.class.catch('human').parse(value)]
    case 'kind':
      return text.kinds[EventKind.catch('other').parse(value)]
    case 'outcome':
      return explore.outcomes[EventOutcome.catch('other').parse(value)]
    case 'decision':
      return text.decisions[Decision.catch('allow').parse(value)]
    case 'network':
      return explore.networks[NetworkClass.catch('unknown').parse(value)]
    case 'country':
      return value === 'unknown' ? explore.unknown : formatCountry(value)
    default:
      return printable(value)
  }
}
