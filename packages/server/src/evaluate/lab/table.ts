import { actionClass } from '@gatewatch/engine/lab'
import type { PlayedEvent } from '../play-engine.ts'
import { kindOf } from '../rows.ts'
import type { Labelled } from '../trial.ts'

/** A successful sign-in as models of the lab see it. */
export interface TableRow {
  /** ms since 1970, UTC. */
  readonly time: number
  readonly entity: string
  /** `benign`, or a kind of attack. */
  readonly label: string
  /** What the ensemble said, nats; its points by index of the catalogue. */
  readonly score: number
  readonly points: Float32Array
  /** The numbers that members read; null where members do not judge (services). */
  readonly vector: Float64Array | null
  /** Did Gatewatch find it ordinary? */
  readonly isOrdinary: boolean
}

/** One thing that somebody did, for models of sequences. */
export interface Action {
  readonly time: number
  readonly entity: string
  readonly name: string
  /** Class of the action, as profiles keep it. */
  readonly kind: number
  readonly label: string
  readonly score: number
  readonly isSignIn: boolean
  /** Did Gatewatch find it ordinary? */
  readonly isOrdinary: boolean
}

/** Everything that models of the lab learn from and are judged on, in order of time. */
export interface LabTable {
  readonly title: string
  readonly rows: readonly TableRow[]
  readonly actions: readonly Action[]
  readonly events: number
  /** Two fifths of the days to learn from, a fifth to choose weights on, the rest to judge on; ms. */
  readonly windows: readonly [from: number, choose: number, test: number, to: number]
}

/** From this risk on an event is no example of the ordinary. */
const TOO_STRANGE = 75
const DAY = 86_400_000

/** Fills a table event by event. */
export interface TableBuilder {
  add(played: PlayedEvent, truth: Labelled['truth']): void
  finish(title: string): LabTable
}

/** An empty table. Sign-ins of attackers who are judged by what they do count neither as benign nor as attacks, as in `evaluate`. */
export function tableBuilder(): TableBuilder {
  const rows: TableRow[] = []
  const actions: Action[] = []
  let events = 0
  let from = Number.POSITIVE_INFINITY
  let to = Number.NEGATIVE_INFINITY
  return {
    add({ input, assessment, isSignIn }, { label }) {
      const { event, entity } = input
      events++
      from = Math.min(from, event.time)
      to = Math.max(to, event.time)
      const { score, risk, alerted, vector, points } = assessment
      const isOrdinary = risk < TOO_STRANGE && !alerted
      if (isSignIn && kindOf(label) !== 'activity') {
        rows.push({
          time: event.time,
          entity: entity.key,
          label,
          score,
          points: Float32Array.from(points),
          vector: vector.every(Number.isNaN) ? null : vector.slice(),
          isOrdinary,
        })
      }
      actions.push({
        time: event.time,
        entity: entity.key,
        name: actionName(event),
        kind: actionClass(input),
        label,
        score,
        isSignIn: event.class_uid === 3002,
        isOrdinary,
      })
    },
    finish(title) {
      const start = Math.floor(from / DAY) * DAY
      const days = Math.ceil((to + 1 - start) / DAY)
      const at = (share: number) => start + Math.round(share * days) * DAY
      return { title, rows, actions, events, windows: [start, at(0.4), at(0.6), to + 1] }
    },
  }
}

function actionName(event: PlayedEvent['input']['event']): string {
  if (event.class_uid === 3002) return event.status_id === 1 ? 'sign-in' : 'failed sign-in'
  if (event.api !== undefined) return `${event.api.service ?? ''}:${event.api.operation}`
  return `activity ${event.class_uid}:${event.activity_id}`
}
