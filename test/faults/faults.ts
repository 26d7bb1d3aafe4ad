// npm run faults: strikes a Gatewatch under load with every kind of fault on every stream, and prints what came of it.
// Arguments: how often each one strikes (default 7), then words that the names of faults or streams must contain.
import { findTools } from '../../scripts/tools.js'
import { FAULTS } from './kinds.ts'
import { MOST_OTHERWISE, type Outcome, runFault } from './run-fault.ts'
import { STREAMS, startSystem } from './system.ts'

const [first = '7', ...words] = process.argv.slice(2)
const times = Number.parseInt(first, 10)
if (!(times > 0)) throw new Error('The first argument is how often each fault strikes, e.g. 7.')
const path = (variable: string) => findTools().find((tool) => tool.variable === variable)?.path
const tools = { redis: path('REDIS_SERVER'), kafka: path('KAFKA_JARS') }
const OUTAGE_MS = 60_000

const streams = STREAMS.filter((one) => words.every((word) => !isStream(word) || word === one))
const kinds = FAULTS.filter(({ name }) =>
  words.filter((word) => !isStream(word)).every((word) => name.includes(word)),
)
const outcomes: Outcome[] = []
const notRun: string[] = []
console.log(
  '| fault | stream | times | events | sent again | alerts | lost | doubled | profiles | decided otherwise | alerts | messages | dead letters | repeated | s |',
)
console.log(`|---|---|${'---:|'.repeat(13)}`)
for (const stream of streams) {
  const system = await startSystem(stream, tools)
  try {
    for (const kind of kinds) {
      const not = kind.not?.(system) ?? null
      if (not !== null) {
        notRun.push(`${kind.name} on ${stream}: ${not}`)
        continue
      }
      // an outage is waited for once, and stands for itself
      const often = kind.name === 'database outage' ? 1 : times
      const outcome = await runFault(system, kind, often, OUTAGE_MS)
      outcomes.push(outcome)
      const { faults, events, refused, alerts, lost, doubled, profiles, ...rest } = outcome
      const { otherwise, otherAlerts, otherMessages, otherDeadLetters, repeated, seconds } = rest
      const cells = [
        kind.name,
        stream,
        faults,
        events,
        refused,
        alerts,
        lost,
        doubled,
        profiles,
        otherwise,
      ]
      const more = [otherAlerts, otherMessages, otherDeadLetters, repeated, seconds.toFixed(0)]
      console.log(`| ${[...cells, ...more].join(' | ')} |`)
    }
  } finally {
    await system.close()
  }
}
const sum = (of: (one: Outcome) => number) => outcomes.reduce((total, one) => total + of(one), 0)
console.log(
  `\n${sum(({ faults }) => faults)} faults, ${sum(({ events }) => events)} events acknowledged: ` +
    `${sum(({ lost }) => lost)} lost, ${sum(({ doubled }) => doubled)} doubled; different from an undisturbed run: ` +
    `${sum(({ profiles }) => profiles)} profiles, ${sum(({ otherAlerts }) => otherAlerts)} alerts, ` +
    `${sum(({ otherMessages }) => otherMessages)} messages, ${sum(({ otherDeadLetters }) => otherDeadLetters)} dead letters.`,
)
for (const line of notRun) console.log(`Not run: ${line}.`)
const wrong = sum(
  (one) =>
    one.lost +
    one.doubled +
    one.profiles +
    one.otherAlerts +
    one.otherMessages +
    one.otherDeadLetters,
)
const tooMany = outcomes.some((one) => one.otherwise > one.events * MOST_OTHERWISE)
process.exitCode = wrong === 0 && !tooMany ? 0 : 1

function isStream(word: string): boolean {
  return STREAMS.some((one) => one === word)
}
