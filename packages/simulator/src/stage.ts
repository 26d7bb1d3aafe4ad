import type { Agenda } from './agenda.ts'
import type { Emitter } from './emit.ts'
import type { Internet } from './internet.ts'
import type { Sessions } from './sessions.ts'

/** What the parts of a world share. */
export interface Stage {
  readonly seed: number
  readonly internet: Internet
  readonly agenda: Agenda
  readonly emit: Emitter
  readonly sessions: Sessions
}
