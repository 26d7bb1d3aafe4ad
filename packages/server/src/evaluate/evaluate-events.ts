import type { Connector } from '../connectors/connector.ts'
import { readEvents } from '../connectors/reading/read-events.ts'
import { createSorter, type Sorter } from '../pipeline/replay/sorter.ts'
import type { Labels } from './labels.ts'
import { type Evaluation, evaluate, RATES } from './measure.ts'
import { watchActivity } from './measure-activity.ts'
import { watchCampaigns } from './measure-campaigns.ts'
import { watchFound } from './measure-found.ts'
import { measurePrior } from './measure-prior.ts'
import { watchTakeovers } from './measure-takeovers.ts'
import { kindOf } from './rows.ts'
import { startTrial } from './run.ts'
import type { TrialOptions } from './trial.ts'

const DAY = 86_400_000

/** Files of events with what is known of them. */
export interface EventsToEvaluate {
  readonly files: readonly { readonly path: string; readonly size: number }[]
  readonly connector: Connector | null
  readonly labels: Labels
  readonly lookups: TrialOptions['lookups']
  /** Days at the start that are learned from but not counted. */
  readonly warmUp: number
  /** Members switched on beside those that ship: names, or files of trained models. */
  readonly models?: readonly string[]
}

/** How far it is: `done` of `total`. */
export type EventsProgress = (step: 'Reading' | 'Judging', done: number, total: number) => void

/**
 * Judges the events of files in order of time, whatever the order of the files, and measures against labels that nothing
 * that judges is shown. Events held beyond 250,000 go to disk for sorting.
 * @throws Error where no event could be read, or nothing is left after the warm-up.
 */
export async function evaluateEvents(
  { files, connector, labels, lookups, warmUp, models = [] }: EventsToEvaluate,
  progress: EventsProgress = () => {},
): Promise<Evaluation> {
  const sorter = createSorter(250_000)
  try {
    const unreadable = await readAll(files, connector, sorter, progress)
    const { count, from, to } = sorter.span
    if (count === 0) throw new Error(`no event could be read (${unreadable} lines unreadable)`)
    const start = Math.floor(from / DAY) * DAY
    const days = Math.floor(to / DAY) - start / DAY + 1
    if (warmUp >= days)
      throw new Error(`the events span ${days} days: a warm-up of ${warmUp} leaves none to count`)
    const people = new Set<string>()
    const unmet = new Set(labels.keys())
    const activity = watchActivity(RATES)
    const found = watchFound()
    const campaigns = watchCampaigns(days - warmUp, 1_000)
    const takeovers = watchTakeovers()
    const types = [...new Set([...labels.values()].map(({ label }) => label))].filter(
      (label) => kindOf(label) === 'attack',
    )
    const trial = startTrial({
      start,
      days,
      warmUp,
      seed: 1,
      types: types.length > 1 ? types : [],
      lookups,
      models,
      observers: [
        activity,
        found,
        campaigns,
        takeovers,
        { see: ({ input }) => people.add(input.entity.key), finish: () => people },
      ],
    })
    let done = 0
    for await (const events of sorter.sorted()) {
      for (const event of events) {
        trial.take({
          event,
          // looked up only when the trial asks, which is after the judgement
          get truth() {
            unmet.delete(event.uid)
            return labels.get(event.uid) ?? { label: 'benign' }
          },
        })
      }
      done += events.length
      progress('Judging', done, count)
    }
    const result = trial.finish()
    const title = `${count} events of ${people.size} identities over ${days} days, ${unreadable} lines unreadable, ${labels.size} labels (${unmet.size} of them of no event)`
    const told = campaigns.finish()
    return {
      ...evaluate(
        result,
        { title, world: null, people: people.size, seed: 1 },
        {
          activity: activity.finish(),
          found: found.finish(),
          takeovers: takeovers.finish(),
          campaigns: {
            ...told,
            falseAlertsPerDayPer1000: (told.falseAlertsPerDayPer1000 * 1_000) / people.size,
            gathered: {
              ...told.gathered,
              alertsPerDayPer1000: (told.gathered.alertsPerDayPer1000 * 1_000) / people.size,
              incidentsPerDayPer1000: (told.gathered.incidentsPerDayPer1000 * 1_000) / people.size,
            },
          },
        },
      ),
      prior: measurePrior(result),
    }
  } finally {
    await sorter.close()
  }
}

/** Reads the events of files into a sorter; gives how many lines could not be read. */
export async function readAll(
  files: EventsToEvaluate['files'],
  connector: Connector | null,
  sorter: Sorter,
  progress: EventsProgress,
): Promise<number> {
  const origin = { connector: 'file', now: Date.now(), mode: 'replay' } as const
  const total = files.reduce((sum, file) => sum + file.size, 0)
  const meter = { read: 0 }
  let unreadable = 0
  for (const { path } of files) {
    for await (const batch of readEvents(path, { connector, origin, meter })) {
      for (const event of batch.events) {
        const spilling = sorter.add(event)
        if (spilling !== undefined) await spilling
      }
      unreadable += batch.letters.length
      if (meter.read < total) progress('Reading', meter.read, total)
    }
  }
  progress('Reading', 1, 1)
  return unreadable
}
