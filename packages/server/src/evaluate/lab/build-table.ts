import { createWorld, type Family } from '@gatewatch/simulator'
import type { Connector } from '../../connectors/connector.ts'
import { enrich, type Lookups } from '../../pipeline/enrich.ts'
import { createLinkBook } from '../../pipeline/link-book.ts'
import { createSorter } from '../../pipeline/replay/sorter.ts'
import { type EventsProgress, readAll } from '../evaluate-events.ts'
import type { Labels } from '../labels.ts'
import { worldLookups } from '../lookups.ts'
import { type PlayedEvent, startPlay } from '../play-engine.ts'
import { type LabTable, tableBuilder } from './table.ts'

const DAY = 86_400_000
/** Monday 6 January 2025: worlds begin after the holidays. */
const START = Date.UTC(2025, 0, 6)

/** A made-up world to learn from. */
export interface LabWorld {
  readonly family: Family
  readonly people: number
  readonly days: number
  readonly seed: number
}

/** Plays a made-up world, and keeps what models learn from. `progress` hears the days played. */
export function tableOfWorld(
  { family, people, days, seed }: LabWorld,
  progress: (day: number) => void = () => {},
): LabTable {
  const world = createWorld({ family, people, days, seed, start: START })
  const lookups = worldLookups(world)
  const links = createLinkBook()
  const play = startPlay(seed)
  const table = tableBuilder()
  let events = 0
  for (const { event, truth } of world.events()) {
    play.take(links.follow(enrich(event, lookups)), (played) => {
      table.add(played, truth)
      return null
    })
    events++
    if (events % 5_000 === 0) progress(Math.floor((event.time - START) / DAY))
  }
  return table.finish(`${family}, seed ${seed}, ${people} people, ${days} days`)
}

/** Files of events, and where their addresses are looked up. */
export interface EventFiles {
  readonly files: readonly { readonly path: string; readonly size: number }[]
  readonly connector: Connector | null
  readonly lookups: Lookups
}

/**
 * Plays the events of files through the engine, in order of time whatever the order of the files. Gives how many lines could not be
 * read. @throws Error where no event could be.
 */
export async function playFiles(
  { files, connector, lookups }: EventFiles,
  see: (played: PlayedEvent) => void,
  progress: EventsProgress = () => {},
): Promise<number> {
  const sorter = createSorter(250_000)
  try {
    const unreadable = await readAll(files, connector, sorter, progress)
    const { count } = sorter.span
    if (count === 0) throw new Error(`no event could be read (${unreadable} lines unreadable)`)
    const play = startPlay(1)
    const links = createLinkBook()
    let done = 0
    for await (const events of sorter.sorted()) {
      for (const event of events) {
        play.take(links.follow(enrich(event, lookups)), (played) => {
          see(played)
          return null
        })
      }
      done += events.length
      progress('Judging', done, count)
    }
    return unreadable
  } finally {
    await sorter.close()
  }
}

/** Keeps what models learn from of files; events without a label are benign. */
export async function tableOfFiles(
  from: EventFiles,
  labels: Labels,
  progress?: EventsProgress,
): Promise<LabTable> {
  const table = tableBuilder()
  const unreadable = await playFiles(
    from,
    (played) => table.add(played, labels.get(played.input.event.uid) ?? { label: 'benign' }),
    progress,
  )
  const lines = unreadable === 0 ? '' : `, ${unreadable} lines unreadable`
  return table.finish(`${from.files.length} files${lines}`)
}
