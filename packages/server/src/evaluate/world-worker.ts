import { evaluateWorld } from './evaluate-world.ts'
import { answerJob } from './in-threads.ts'
import type { Evaluation, WorldOptions } from './measure.ts'

answerJob((world: WorldOptions, heard): Evaluation => {
  const evaluation = evaluateWorld(world, (_, day) => heard(day))
  heard(world.days)
  return evaluation
})
