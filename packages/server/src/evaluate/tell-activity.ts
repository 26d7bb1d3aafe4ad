import { meanOf, number, percent, type Section } from './cells.ts'
import type { Evaluation } from './measure.ts'
import { type CampaignsOfType, MANY } from './measure-campaigns.ts'
import type { TakeoversOfType } from './measure-takeovers.ts'

/** How campaigns against many, and takeovers and insiders by what they did, were met; counts of all worlds together. */
export function tellActivity(evaluations: readonly Evaluation[]): Section[] {
  return [campaigns(evaluations), takeovers(evaluations)]
}

function campaigns(evaluations: readonly Evaluation[]): Section {
  const all = evaluations.map((one) => one.campaigns)
  const types = [...new Set(all.flatMap(({ byType }) => Object.keys(byType)))].sort()
  const total = (key: 'falseIncidents' | 'incidents' | 'joined') => sum(all, (one) => one[key])
  const seen = (key: 'alertsPerDayPer1000' | 'incidentsPerDayPer1000') =>
    number(
      meanOf(all, (one) => one.gathered[key]),
      1,
    )
  const together = (key: 'attacks' | 'inOne') => sum(all, (one) => one.gathered[key])
  return {
    title: `Campaigns against ${MANY} identities and more:`,
    lines: [
      `${total('falseIncidents')} of ${total('incidents')} incidents of campaigns hold nothing of an attacker, ${total('joined')} more than one campaign.`,
      `Alerts of every kind, sign-ins and activity: ${number(
        meanOf(all, (one) => one.falseAlertsPerDayPer1000),
        2,
      )} false ones a day per 1,000 people, ${percent(
        meanOf(all, (one) => one.falseShare),
        0,
      )} % of all.`,
      `What people see, attackers' doings included: ${seen('alertsPerDayPer1000')} alerts and ${seen('incidentsPerDayPer1000')} incidents a day per 1,000 people; of ${together('attacks')} attackers' campaigns of any size that raised an alert, ${together('inOne')} are one incident (${percent(together('inOne') / together('attacks'))} %).`,
    ],
    table: [
      ['', 'campaigns', 'an incident', 'incidents', 'events before the first, % (median)'],
      ...types.map((type) => {
        const rows = rowsOf<CampaignsOfType>(all, type)
        return [
          type,
          String(sum(rows, (row) => row.campaigns)),
          String(sum(rows, (row) => row.found)),
          String(sum(rows, (row) => row.incidents)),
          percent(
            meanOf(rows, (row) => row.passedBefore),
            0,
          ),
        ]
      }),
    ],
  }
}

function takeovers(evaluations: readonly Evaluation[]): Section {
  const all = evaluations.map((one) => one.takeovers)
  const sessions = sum(all, (one) => one.sessions)
  if (sessions === 0)
    return {
      title: 'Takeovers:',
      lines: ['No session with an action: nothing to follow.'],
      table: [],
    }
  const types = [...new Set(all.flatMap(({ byType }) => Object.keys(byType)))].sort()
  const row = (name: string, rows: readonly TakeoversOfType[]) => {
    const campaigns = sum(rows, (one) => one.campaigns)
    const found = (key: 'found' | 'foundAtRate') =>
      percent(sum(rows, (one) => one[key]) / campaigns)
    const actions = (key: 'actions' | 'actionsAtRate') =>
      number(
        meanOf(rows, (one) => one[key]),
        1,
      )
    return [
      name,
      String(campaigns),
      found('found'),
      actions('actions'),
      found('foundAtRate'),
      actions('actionsAtRate'),
    ]
  }
  const flagged = sum(all, (one) => (one.sessions === 0 ? 0 : one.flagged * one.sessions))
  return {
    title: 'Takeovers, leaked keys and insiders by what they did:',
    lines: [
      `One campaign of one attacker each; ${sessions} benign sessions, ${percent(flagged / sessions, 3)} % of them reported as shipped. Actions up to the one that was enough: the median${evaluations.length > 1 ? ', averaged over worlds' : ''}.`,
    ],
    table: [
      ['', 'campaigns', 'as shipped, %', 'actions', '@0.1 % of benign sessions, %', 'actions'],
      row(
        'all',
        all.map((one) => one.all),
      ),
      ...types.map((type) => row(type, rowsOf<TakeoversOfType>(all, type))),
    ],
  }
}

function rowsOf<T>(
  sections: readonly { readonly byType: Readonly<Record<string, T>> }[],
  type: string,
): T[] {
  return sections.flatMap(({ byType }) => byType[type] ?? [])
}

function sum<T>(rows: readonly T[], value: (row: T) => number): number {
  return rows.reduce((total, row) => total + value(row), 0)
}
