import { CHORES } from './chores.ts'
import { TASKS } from './tasks.ts'
import { THEFTS } from './thefts.ts'

/** What machines, people and thieves do, as machines of states; each begins at `begin` and ends at a state that nothing follows. */
export const WORKFLOWS = { ...CHORES, ...TASKS, ...THEFTS } as const
export type WorkflowName = keyof typeof WORKFLOWS
