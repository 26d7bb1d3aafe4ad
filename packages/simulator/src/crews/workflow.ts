import type { CallAct } from './acts.ts'

/** A step of a workflow: which calls it makes (`+` before one that changes something), what may follow, and how long (s) until then. */
export interface Stage {
  readonly calls: readonly string[]
  readonly repeat?: number
  readonly next: Readonly<Record<string, number>>
  readonly pause: number
  /** Median bytes of a call: in, out. */
  readonly bytes?: readonly [number, number]
  readonly on?: string
  readonly fact?: CallAct['fact']
  /** Share of calls refused, 0-1. */
  readonly refused?: number
}
/** States by name. */
export type Workflow = Readonly<Record<string, Stage>>
