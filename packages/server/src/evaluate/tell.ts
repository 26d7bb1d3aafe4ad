import { atRate, meanOf, number, percent, type Section, shareCell } from './cells.ts'
import type { Evaluation } from './measure.ts'
import type { ContenderResult, RecallAtRates } from './measure-contenders.ts'
import { printWeeks } from './measure-weeks.ts'
import { tellActivity } from './tell-activity.ts'
import { tellBars } from './tell-bars.ts'
import { tellParts } from './tell-parts.ts'
import { tellShipped } from './tell-shipped.ts'

/** One or several evaluations of the same kind as sections, in the order in which they are best read. */
export function tell(evaluations: readonly Evaluation[]): Section[] {
  const [first] = evaluations
  if (first === undefined) return []
  if (evaluations.every(({ contenders }) => Number.isNaN(contenders[0]?.recall[0])))
    return [
      worlds(evaluations),
      section('Nothing was found or missed:', [
        first.world === null
          ? 'No successful sign-in after the warm-up is labelled as an attack: there is nothing to measure.'
          : 'No attack sign-in after the warm-up: there is nothing to measure. Make the world larger or longer.',
      ]),
    ]
  return [
    worlds(evaluations),
    ...prior(first),
    recalls(evaluations),
    byType(evaluations),
    visits(evaluations),
    typesBeside(evaluations),
    ...(first.world === null || first.world.isEasy === true ? [] : [tellBars(evaluations)]),
    ...tellShipped(evaluations),
    ...tellParts(evaluations),
    ...(evaluations.length > 1 ? [] : [section('Week by week:', printWeeks(first.weeks))]),
    ...tellActivity(evaluations),
    ...(first.world === null ? [] : [hardness(evaluations)]),
  ]
}

function section(title: string, lines: readonly string[], table: Section['table'] = []): Section {
  return { title, lines, table }
}

function worlds(evaluations: readonly Evaluation[]): Section {
  const several = evaluations.length > 1
  return section(
    several
      ? `${evaluations.length} worlds:`
      : `${evaluations[0]?.world === null ? 'Events' : 'World'}: ${evaluations[0]?.title}`,
    [
      ...evaluations.map((one) => {
        const attacks = Object.values(one.attackSignIns).reduce((sum, n) => sum + n, 0)
        const apart = Object.values(one.activitySignIns).reduce((sum, n) => sum + n, 0)
        const beside = apart === 0 ? '' : `, ${apart} more of attackers who are judged by actions`
        const name = several ? `${one.title}: ` : ''
        const found = several
          ? `; recall ${percent(one.contenders[0]?.recall[1])} % ${atRate(one.rates[1] ?? 0)}`
          : ''
        return `${name}${one.signIns} successful sign-ins judged, ${attacks} of them attacks${beside} (and ${one.attackSignInsInWarmUp} unlabelled in the warm-up); ${one.events} events, ${number(one.microsecondsPerEvent, 1)} us each to assess and learn${found}.`
      }),
    ],
  )
}

/** As evaluations of sign-in risk are published. */
function prior({ prior: told }: Evaluation): Section[] {
  if (told === undefined) return []
  return [
    section(
      'Sign-ins of identities that had signed in before, % found:',
      [
        `${told.attacks} attacks among ${told.signIns} successful sign-ins, in order of time; in brackets the 95 % Wilson interval.${told.attacks < 30 ? ' So few attacks say nothing about the share found.' : ''}`,
      ],
      [
        ['', ...told.rates.map(atRate)],
        ...told.contenders.map(({ name, found, interval }) => [
          name,
          ...found.map((share, r) => shareCell([share], interval[r])),
        ]),
      ],
    ),
  ]
}

/** What the brackets behind a share hold. */
function brackets(evaluations: readonly Evaluation[]): string {
  return evaluations.length > 1
    ? 'mean (worst world, standard deviation)'
    : '(95 % interval from resampling identities 1,000 times)'
}

function recalls(evaluations: readonly Evaluation[]): Section {
  const { rates = [], contenders = [] } = evaluations[0] ?? {}
  return section(
    'Recall of attack sign-ins, %:',
    [`At fixed shares of benign sign-ins flagged; ${brackets(evaluations)}.`],
    [
      ['', ...rates.map(atRate), 'victims @0.3 %', 'ROC AUC', 'to 1 %', 'AP at 1e-3', 'AP at 1e-4'],
      ...contenders.map(({ name }, c) => {
        const of = evaluations.map((one) => one.contenders[c])
        return [
          name,
          ...rates.map((_, r) =>
            shareCell(
              of.map((one) => one?.recall[r]),
              of[0]?.interval[r],
            ),
          ),
          shareCell(
            of.map((one) => one?.victims.recall[1]),
            of[0]?.victims.interval[1],
          ),
          number(
            meanOf(of, (one) => one?.auc),
            3,
          ),
          number(
            meanOf(of, (one) => one?.partialAuc),
            3,
          ),
          ...[0, 1].map((p) =>
            number(
              meanOf(of, (one) => one?.averagePrecision[p]),
              3,
            ),
          ),
        ]
      }),
    ],
  )
}

function byType(evaluations: readonly Evaluation[]): Section {
  const { rates = [] } = evaluations[0] ?? {}
  const of = evaluations.map((one) => one.contenders[0])
  const cells = (results: readonly (RecallAtRates | undefined)[]) =>
    rates.map((_, r) =>
      shareCell(
        results.map((one) => one?.recall[r]),
        results[0]?.interval[r],
      ),
    )
  const count = (type: string, key: 'attackSignIns' | 'activitySignIns') =>
    String(evaluations.reduce((sum, one) => sum + (one[key][type] ?? 0), 0))
  const activities = namesIn(evaluations, 'activitySignIns')
  return section(
    'By type of attack, Gatewatch, %:',
    [
      `Sign-ins found, and victims with at least one of them found; ${brackets(evaluations)}.`,
      ...(activities.length === 0
        ? []
        : [
            'Below the line: sign-ins of insiders and of others who are judged by what they do (see Takeovers). They are in no sum, and count as benign nowhere.',
          ]),
    ],
    [
      ['', 'sign-ins', ...rates.map(atRate), 'victims @0.3 %'],
      ...namesIn(evaluations, 'attackSignIns').map((type) => [
        type,
        count(type, 'attackSignIns'),
        ...cells(of.map((one) => one?.byType[type])),
        shareCell(
          of.map((one) => one?.victimsByType[type]?.recall[1]),
          of[0]?.victimsByType[type]?.interval[1],
        ),
      ]),
      ...(activities.length === 0 ? [] : [['judged by actions:', ...rates.map(() => ''), '', '']]),
      ...activities.map((type) => [
        type,
        count(type, 'activitySignIns'),
        ...cells(of.map((one) => one?.ofActivity[type])),
        '',
      ]),
    ],
  )
}

/** Thieves come back: what is found when they first come, and what when they do so again. */
function visits(evaluations: readonly Evaluation[]): Section {
  const { rates = [] } = evaluations[0] ?? {}
  const of = evaluations.map((one) => one.contenders[0])
  const cells = (
    read: (one: ContenderResult) => (RecallAtRates & { count: number }) | undefined,
  ) => {
    const results = of.map((one) => (one === undefined ? undefined : read(one)))
    return [
      String(results.reduce((sum, one) => sum + (one?.count ?? 0), 0)),
      ...rates.map((_, r) =>
        shareCell(
          results.map((one) => one?.recall[r]),
          results[0]?.interval[r],
        ),
      ),
    ]
  }
  return section(
    'First visits and later ones, Gatewatch, %:',
    [
      `Each attacker's first successful sign-in at each victim, and those after it (of an attacker first there in the warm-up, all); ${brackets(evaluations)}.`,
    ],
    [
      ['', 'first', ...rates.map(atRate), 'later', ...rates.map(atRate)],
      [
        'all',
        ...cells(({ firstVisits }) => firstVisits),
        ...cells(({ laterVisits }) => laterVisits),
      ],
      ...namesIn(evaluations, 'attackSignIns').map((type) => [
        type,
        ...cells(({ firstVisits }) => firstVisits.byType[type]),
        ...cells(({ laterVisits }) => laterVisits.byType[type]),
      ]),
    ],
  )
}

function typesBeside(evaluations: readonly Evaluation[]): Section {
  const { contenders = [] } = evaluations[0] ?? {}
  return section(
    'By type of attack, everybody, % @0.3 %:',
    [],
    [
      ['', ...contenders.map(({ name }) => name)],
      ...namesIn(evaluations, 'attackSignIns').map((type) => [
        type,
        ...contenders.map((_, c) =>
          percent(meanOf(evaluations, (one) => one.contenders[c]?.byType[type]?.recall[1])),
        ),
      ]),
    ],
  )
}

/** Types among such sign-ins of any of the worlds. */
function namesIn(
  evaluations: readonly Evaluation[],
  key: 'attackSignIns' | 'activitySignIns',
): string[] {
  return [...new Set(evaluations.flatMap((one) => Object.keys(one[key])))].sort()
}

/** Whether the figures count: an easy world proves little. */
function hardness(evaluations: readonly Evaluation[]): Section {
  const counts = evaluations.every(({ bands }) => bands.every(({ holds }) => holds))
  const those = evaluations.length > 1 ? 'Every world' : 'The world'
  const verdict =
    evaluations.length > 1 && !counts
      ? 'NOT every world is hard enough'
      : `${those} is ${counts ? 'hard enough to count' : 'NOT hard enough: recall figures do not count'}`
  const overall = meanOf(evaluations, ({ contenders }) => contenders[0]?.recall[0])
  return section(`${verdict} (recall at 0.3% false positives):`, [
    ...(evaluations[0]?.bands ?? []).map(({ name, atMost }, b) => {
      const reached = evaluations.map(({ bands }) => bands[b]?.recall ?? Number.NaN)
      const holds = evaluations.every(({ bands }) => bands[b]?.holds)
      return `  ${name} ${reached.map((one) => percent(one)).join(', ')} %, at most ${percent(atMost)} %: ${holds ? 'holds' : 'BROKEN'}`
    }),
    `Overall recall at 1% false positives: ${percent(overall)} %`,
  ])
}
