import type { SourcePosition } from '../../ports/sources.ts'

/** Where reading a vendor's log has got to. */
export type Position = SourcePosition

/** One log of a vendor that is read page by page. */
export interface LogStream {
  /** Names its position in the state, e.g. `signIns`. */
  readonly name: string
  /** Format of its records. */
  readonly format: string
  /** Every address asked must begin with this origin. */
  readonly origin: string
  /**
   * How an address is asked, with what authenticates; with `fresh`, after the last credentials were refused. A vendor whose place stands in
   * the body has it behind the `#` of the address, which is not sent. Rejects where there are no credentials to be had.
   */
  request(url: string, fresh: boolean): Promise<RequestInit>
  /** Address of the first page of events from a moment (ms UTC) on. */
  first(from: number): string
  /** Address of the page after this answer; undefined where it is the last. */
  next(body: unknown, headers: Headers, asked: string): string | undefined
  recordsIn(body: unknown): readonly unknown[]
  /** When a record happened, ms UTC; NaN where it does not say. */
  timeOf(record: unknown): number
  /** How much (ms) is asked for once more each time, since events come late. What comes twice is one event. */
  readonly overlap: number
  /** The vendor's link to the next page stays good when there is nothing more yet, and is where reading goes on. */
  readonly keepsLink: boolean
}
