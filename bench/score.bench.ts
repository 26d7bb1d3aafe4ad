// npm run bench -- score: `gatewatch score` on a CloudTrail file of 100 MB, from reading to written verdicts.
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { scoreCommand } from '../packages/server/src/cli/score.ts'
import { simulateCommand } from '../packages/server/src/cli/simulate.ts'

const folder = await mkdtemp(join(tmpdir(), 'gatewatch-bench-'))
try {
  const file = join(folder, 'trail.json')
  const world = ['--people', '300', '--days', '60', '--seed', '1', '--format', 'cloudtrail']
  await simulateCommand().parseAsync([...world, '--out', file], { from: 'user' })
  const megabytes = (await stat(file)).size / 1e6
  const printed: string[] = []
  const print = console.log
  console.log = (text) => printed.push(String(text))
  const cpu = process.cpuUsage()
  const start = performance.now()
  await scoreCommand().parseAsync([file, '--out', join(folder, 'verdicts.ndjson')], {
    from: 'user',
  })
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(cpu)
  console.log = print
  const events = Number(/^([\d,]+) events/.exec(printed.join('\n'))?.[1]?.replaceAll(',', ''))
  const busy = (user + system) / 1e6
  console.log(`${megabytes.toFixed(0)} MB, ${events} events, ${availableParallelism()} cores`)
  console.log(`${seconds.toFixed(2)} s: ${Math.round(events / seconds)} events/s`)
  console.log(
    `${busy.toFixed(2)} s of processor time: ${((busy / events) * 1e6).toFixed(1)} us an event`,
  )
} finally {
  await rm(folder, { recursive: true })
}
