import type { AccessEvent } from '@gatewatch/schema'
import type { Outcome } from './outcome.ts'

/** Where and when a record was read. */
export interface Origin {
  /** The configured instance that delivered it, e.g. `file`. */
  readonly connector: string
  /** When it was read, ms UTC. */
  readonly now: number
  /**
   * `live`: a record without readable time gets `now` and a warning. `replay`: it is rejected, since an old log
   * read today says nothing about today.
   */
  readonly mode: 'live' | 'replay'
  /** When the file was last written, ms UTC: the year of times that name none follows from it. Absent: `now`. */
  readonly written?: number
  /** Where clocks stand whose log names no zone: an IANA name or an offset like +02:00. Absent: UTC. */
  readonly zone?: string
}

/**
 * Turns the records of one vendor format into events: what a parser gave, or a line of text. Pure: the same record and origin give the
 * same outcome.
 */
export interface Connector {
  /** Name of the format, as `--format` and `source.format` have it. */
  readonly format: string
  /** What the format is, in a few words, for help texts. */
  readonly title: string
  /** How surely the record is of this format: 0 no, 1 yes. Never throws. */
  recognise(record: unknown): number
  /** Never throws. Rejects what is not of this format. */
  normalise(record: unknown, origin: Origin): Outcome<AccessEvent>
}
