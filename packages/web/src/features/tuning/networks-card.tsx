import type { NetworkProposal, TrustedNetwork } from '@gatewatch/schema'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { proposalsQuery } from '../../api/tuning.ts'
import { Card } from '../../components/card.tsx'
import { Failure, Loading } from '../../components/states.tsx'
import { Moment } from '../../components/times.tsx'
import { formatShare } from '../../format.ts'
import { text } from '../../text.ts'
import { ChangeFailed, type Draft, useTune } from './review-card.tsx'
import './tuning.css'

const { tuning } = text

/** For how many days a proposal is accepted, or turned down. */
const DAYS = 180

interface NetworksCardProps {
  readonly networks: readonly TrustedNetwork[]
  readonly mayTune: boolean
  readonly isAdmin: boolean
  readonly propose: (draft: Draft) => void
}

/** Networks that are the organisation's, and those that look like it, with what speaks for each; one click accepts. */
export function NetworksCard({ networks, mayTune, isAdmin, propose }: NetworksCardProps) {
  return (
    <Card title={tuning.networks} note={tuning.networksNote}>
      <ul className="tuned">
        {networks.map((one) => (
          <li key={one.network}>
            <div>
              <p className="tuned-what mono">{one.network}</p>
              <p className="dim">
                {tuning.kinds[one.kind]} · {tuning.owner(one.owner)} · {tuning.until}{' '}
                <Moment time={one.expires} as="short" />
              </p>
              <p>{one.reason}</p>
            </div>
            {isAdmin && (
              <Button
                variant="default"
                size="xs"
                onClick={() => propose({ kind: 'distrust', network: one.network })}
              >
                {tuning.distrust}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {mayTune && <Proposals isAdmin={isAdmin} propose={propose} />}
    </Card>
  )
}

function Proposals({ isAdmin, propose }: Pick<NetworksCardProps, 'isAdmin' | 'propose'>) {
  const { data, error, refetch } = useQuery(proposalsQuery)
  const tune = useTune()
  if (error) return <Failure error={error} retry={() => refetch()} />
  if (!data) return <Loading lines={3} />
  return (
    <div className="tuning-proposals">
      <h3>{tuning.proposals}</h3>
      {data.proposals.length === 0 && <p className="dim">{tuning.proposalsNone}</p>}
      {tune.error && <ChangeFailed error={tune.error} />}
      <ul className="tuned">
        {data.proposals.map((one) => {
          const trust = { kind: 'trust', network: one.network, as: one.kind, days: DAYS } as const
          const why = tuning.acceptWhy(evidenceOf(one))
          return (
            <li key={one.network}>
              <Evidence proposal={one} />
              <div className="tuned-buttons">
                <Button variant="default" size="xs" onClick={() => propose(trust)}>
                  {tuning.review}
                </Button>
                {isAdmin && (
                  <Button
                    variant="default"
                    size="xs"
                    disabled={tune.isPending}
                    onClick={() => tune.mutate({ ...trust, why })}
                  >
                    {tuning.accept}
                  </Button>
                )}
                <Button
                  variant="default"
                  size="xs"
                  disabled={tune.isPending}
                  onClick={() =>
                    tune.mutate({
                      kind: 'reject',
                      network: one.network,
                      days: DAYS,
                      why: tuning.rejectWhy,
                    })
                  }
                >
                  {tuning.reject}
                </Button>
              </div>
            </li>
          )
        })}
      </ul>
    </div>
  )
}

function Evidence({ proposal }: { readonly proposal: NetworkProposal }) {
  const { network, kind, as_name, country, since, alerts } = proposal
  return (
    <div>
      <p className="tuned-what mono">{network}</p>
      <p>{evidenceOf(proposal)}</p>
      <p className="dim">
        {[tuning.kinds[kind], as_name, country].filter(Boolean).join(' · ')} · {tuning.since}{' '}
        <Moment time={since} as="short" /> · {tuning.alerts(alerts)}
      </p>
    </div>
  )
}

function evidenceOf({ people, share, days }: NetworkProposal): string {
  return tuning.evidence(people, formatShare(share), days)
}
