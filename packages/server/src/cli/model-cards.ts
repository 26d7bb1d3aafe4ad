import { readFileSync } from 'node:fs'
import { decodeMember, MODEL_CARDS } from '@gatewatch/engine/lab'
import { cardRows, ModelStatistics, statisticsRows } from '../evaluate/lab/statistics.ts'
import { userError } from './exit-codes.ts'

/** The cards of every model of the lab, as text: what it is, when it works and when not, what a high score means. */
export function allCards(): string {
  return Object.values(MODEL_CARDS)
    .map((card) => told(card.title, cardRows(card)))
    .join('\n\n')
}

/**
 * The card of a model that `gatewatch train --out` wrote, with its data window and statistics: `path` is its `.model` file, beside which
 * the `.json` has to lie. @throws UserError where either cannot be read or the model is damaged.
 */
export function cardOfFile(path: string): string {
  const stem = path.replace(/\.(model|json)$/, '')
  const statistics = read(`${stem}.json`, (bytes) => {
    const parsed = ModelStatistics.safeParse(JSON.parse(bytes.toString()))
    if (parsed.success) return parsed.data
    throw new Error('it holds no statistics of a model; gatewatch train --out writes them')
  })
  read(`${stem}.model`, decodeMember)
  const { card } = statistics
  return told(card.title, [...cardRows(card), ...statisticsRows(statistics)])
}

function read<T>(path: string, parse: (bytes: Buffer) => T): T {
  try {
    return parse(readFileSync(path))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw userError(`${path} cannot be read: ${why}`)
  }
}

function told(title: string, rows: readonly (readonly [string, string])[]): string {
  return [title, ...rows.map(([heading, text]) => `  ${heading}: ${text}`)].join('\n')
}
