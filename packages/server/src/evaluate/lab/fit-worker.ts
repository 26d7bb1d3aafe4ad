import { answerJob } from '../in-threads.ts'
import { runFit } from './fit-task.ts'

answerJob(runFit)
