import type { ChangeFact, FailureClass } from '@gatewatch/schema'
import type { Truth } from '../truth.ts'
import type { Look } from './gear.ts'
import type { Robot } from './robots.ts'
import type { Person } from './roster.ts'
import type { Line } from './wires.ts'

interface Common {
  /** ms since 1970, UTC. */
  readonly time: number
  readonly line: Line
  readonly truth: Truth
}

/** A step of signing in. `who` is null where what was typed is nobody's name. */
export interface SignIn extends Common {
  readonly kind: 'sign-in'
  readonly who: Person | null
  readonly typed?: string
  readonly look: Look
  readonly app: string
  readonly stage: 'primary' | 'session' | 'mfa'
  readonly proof: 'password' | 'push' | 'passkey'
  readonly failure?: FailureClass
  readonly attempt: number
}

/** A change to somebody's own way of signing in. */
export interface CareAct extends Common {
  readonly kind: 'care'
  readonly who: Person
  readonly look: Look
  readonly what: 'password' | 'factor'
}

/** One API call of a person or a robot. */
export interface CallAct extends Common {
  readonly kind: 'call'
  readonly who: Person | Robot
  readonly agent: string
  readonly service: string
  readonly operation: string
  readonly reads: boolean
  readonly refused: boolean
  readonly resource?: string
  readonly bytes?: readonly [into: number, out: number]
  readonly fact?: ChangeFact
  /** Which of the actor's credentials, as a number that changes when it is renewed. */
  readonly spell: number
}

/** An add-on that somebody lets into their mail and files, or what it does there by itself. */
export interface AddonAct extends Common {
  readonly kind: 'addon'
  readonly who: Person
  readonly app: string
  readonly agent: string
  readonly service: string
  readonly operation: string
  readonly reads: boolean
  readonly bytes?: readonly [into: number, out: number]
}

/** What happens in a world, before it is written down. */
export type Act = SignIn | CareAct | CallAct | AddonAct
