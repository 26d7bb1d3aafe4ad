import type { Person } from './roster.ts'

const APPS = {
  project: ['Boards', 'Mail', 'Source', 'Meetings', 'Pages', 'Payroll', 'Console'],
  calls: ['Desk', 'Softphone', 'Roster'],
  shop: ['Till', 'Stock', 'Roster'],
  field: ['Jobs', 'Maps', 'Stock'],
  contract: ['Boards', 'Source', 'Mail', 'Console'],
  academy: ['Courses', 'Mail', 'Pages'],
} as const

/** What somebody may open after signing in: the page that shows it shows the same to whoever came in their name. */
export function appsOf(person: Person): readonly string[] {
  return APPS[person.crew.trade]
}
