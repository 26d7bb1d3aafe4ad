import { type Population, shrink } from '../population/population.ts'

/** Risk from which a finding accuses an event: the default policy challenges it. */
const ACCUSED_RISK = 63
/** Largest share of events that findings may keep out of a histogram: rules that name more than that name the ordinary. */
const MOST_ACCUSED = 0.005
/** Share of those that findings of no campaign name who are taken to be honest: travellers, people with a new phone. */
const HONEST = 0.4
/** Fewer judged events than this say nothing of shares. */
const FEW = 2000
/** Attackers without a name that are taken to stand beside one that findings named. */
const UNNAMED = 0.35
/** Most of them for one benign event as strange. */
const MOST_UNNAMED = 0.5

/** Codes of findings that belong to a campaign or a session: such events never enter. */
const OF_CAMPAIGNS = ['password_spray', 'spray_success', 'takeover_session']
/** What enters of a strange event that nothing accuses, about, where there are attackers. */
const UNACCUSED = 0.8

/** Names of findings. */
type Named = readonly { readonly code: string }[]

/** Do findings speak against an event that is strange as well? */
export function isAccused({ findings, risk }: { findings: Named; risk: number }): boolean {
  return findings.length > 0 && risk >= ACCUSED_RISK
}

/**
 * Weight 0-1 with which an event's score enters the histogram of the ordinary. Attackers gather in the very tail that they
 * are measured against, and nobody labels them; but where findings name some, about as many have no name. So accused events
 * stay out (of a campaign wholly, of others two in five enter, and more where they are over one in 200), and of those as strange
 * as one in 1/p the share 1 / (1 + g) enters, g = 0.35 accused / (p judged), at most 0.5. Without findings everything enters whole.
 */
export function entryWeight(
  population: Population,
  histogram: number,
  risk: number,
  findings: Named,
): number {
  const now = shrink(population)
  const judged = Math.max(FEW, (population.judged[histogram] ?? 0) * now)
  const accused = (population.accused[histogram] ?? 0) * now
  if (isAccused({ findings, risk })) {
    if (isOfCampaign(findings)) return 0
    return Math.max(HONEST, 1 - (MOST_ACCUSED * judged) / (accused + 1))
  }
  if (accused <= 0) return 1
  const benign = judged * 10 ** (-risk / 25)
  return 1 / (1 + Math.min(MOST_UNNAMED, (UNNAMED * accused) / Math.max(1, benign)))
}

/** About the weight with which an event entered, told from its findings and its risk alone. */
export function usualEntry(findings: Named, risk: number): number {
  if (risk < ACCUSED_RISK) return 1
  if (findings.length === 0) return UNACCUSED
  return isOfCampaign(findings) ? 0 : HONEST
}

function isOfCampaign(findings: Named): boolean {
  return findings.some(({ code }) => OF_CAMPAIGNS.includes(code))
}
