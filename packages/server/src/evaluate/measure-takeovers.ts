import type { Observer } from './trial.ts'

/** Share of benign sessions that may be flagged where recall is told at a fixed rate. */
const RATE = 1e-3

/** How the attackers of one type were met in what they did after they came; one entry is one attacker's campaign. */
export interface TakeoversOfType {
  readonly campaigns: number
  /** Campaigns with a session reported as shipped, and with one above the fixed rate's threshold. */
  readonly found: number
  readonly foundAtRate: number
  /** Median number of the attacker's actions up to and including the one that was enough; NaN where none was found. */
  readonly actions: number
  readonly actionsAtRate: number
}

/** What became of takeovers, leaked keys and insiders by their actions. Campaigns without any action are not counted. */
export interface TakeoversSection {
  /** Benign sessions with an action, and the share of them that was reported as shipped. */
  readonly sessions: number
  readonly flagged: number
  readonly all: TakeoversOfType
  readonly byType: Readonly<Record<string, TakeoversOfType>>
}

/** A session, of which only the strangest moment counts. */
interface SessionTrace {
  readonly isService: boolean
  score: number
  isFlagged: boolean
  isBenign: boolean
}

/** One attacker's campaign: what each of its actions made of the session it belongs to. */
interface CampaignTrace {
  readonly label: string
  readonly steps: {
    readonly score: number
    readonly isFlagged: boolean
    readonly isService: boolean
  }[]
}

/** Watches sessions of activity after the warm-up. A session that holds anything of an attacker is not benign. */
export function watchTakeovers(): Observer<TakeoversSection> {
  const sessions = new Map<string, SessionTrace>()
  const campaigns = new Map<string, CampaignTrace>()
  return {
    see({ input: { entity }, assessment, truth, counts }) {
      const { session } = assessment.signals
      if (!counts || session === null) return
      const { score } = session
      const isService = entity.class === 'service'
      const isFlagged = assessment.findings.some(({ code }) => code === 'takeover_session')
      const isBenign = truth.label === 'benign'
      const key = `${entity.key} ${session.start}`
      const known = sessions.get(key)
      if (known === undefined) sessions.set(key, { isService, score, isFlagged, isBenign })
      else {
        known.score = Math.max(known.score, score)
        known.isFlagged ||= isFlagged
        known.isBenign &&= isBenign
      }
      if (isBenign) return
      const campaign = campaigns.get(truth.campaign) ?? { label: truth.label, steps: [] }
      campaign.steps.push({ score, isFlagged, isService })
      campaigns.set(truth.campaign, campaign)
    },
    finish() {
      const benign = [...sessions.values()].filter(({ isBenign }) => isBenign)
      const scores = (service: boolean) =>
        benign.filter(({ isService }) => isService === service).map(({ score }) => score)
      const thresholds = {
        people: thresholdOf(scores(false), RATE),
        services: thresholdOf(scores(true), RATE),
      }
      const all = [...campaigns.values()]
      return {
        sessions: benign.length,
        flagged: benign.filter(({ isFlagged }) => isFlagged).length / benign.length,
        all: met(all, thresholds),
        byType: Object.fromEntries(
          [...Map.groupBy(all, ({ label }) => label)]
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([label, those]) => [label, met(those, thresholds)]),
        ),
      }
    },
  }
}

function met(
  campaigns: readonly CampaignTrace[],
  thresholds: { readonly people: number; readonly services: number },
): TakeoversOfType {
  const firsts = (isEnough: (step: CampaignTrace['steps'][number]) => boolean) =>
    campaigns.map(({ steps }) => steps.findIndex(isEnough) + 1).filter((action) => action > 0)
  const shipped = firsts(({ isFlagged }) => isFlagged)
  const atRate = firsts(
    ({ score, isService }) => score > (isService ? thresholds.services : thresholds.people),
  )
  return {
    campaigns: campaigns.length,
    found: shipped.length,
    foundAtRate: atRate.length,
    actions: median(shipped),
    actionsAtRate: median(atRate),
  }
}

/** The score that at most a share of the scores lies strictly above; infinite where there are none. */
function thresholdOf(scores: readonly number[], rate: number): number {
  const sorted = scores.toSorted((a, b) => b - a)
  return sorted[Math.floor(sorted.length * rate)] ?? Number.POSITIVE_INFINITY
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN
}
