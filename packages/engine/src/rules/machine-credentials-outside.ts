import type { EnrichedEvent } from '@gatewatch/schema'
import { found, type Rule } from './rule.ts'

/** Three nats, the most a rule may add: a machine does not move into somebody's living room. */
export const machineCredentialsOutside: Rule = {
  code: 'machine_credentials_outside',
  title: 'Credentials of a machine used outside the cloud',
  kinds: ['api_activity', 'authentication'],
  techniques: ['T1552.005', 'T1078.004'],
  severity: 'critical',
  points: 3,
  why: 'A machine’s temporary credentials never leave it. Used from a home, phone, VPN or Tor network, they were stolen.',
  falsePositives:
    'A developer who copies them to the own computer to find a fault; an exit of the own data centre that is listed as a home network.',
  runbook:
    'Revoke the role’s sessions. Find out how the credentials got out: an application that fetches addresses it is given, a leaked log, a developer. Read everything that came from that address.',
  sentence: (facts) => `credentials of ${facts.machine} used from a ${facts.network} network`,
  when({ input, signals }) {
    if (!holdsMachineCredentials(input) || input.event.src.ip_kind !== 'public') return null
    const network = input.context.network?.class
    const outside =
      network === 'residential' ||
      network === 'carrier' ||
      network === 'vpn' ||
      network === 'proxy' ||
      network === 'tor'
    // a network that this identity has always used is where the machine stands
    if (!outside || signals.newAsn === false) return null
    return found(machineCredentialsOutside, { machine: input.entity.name, network })
  },
  examples: {
    hit: [
      {
        name: 'the role of a web server calls from a home connection',
        event: {
          class_uid: 6003,
          activity: 'ListBuckets',
          actor: {
            type: 'workload',
            credential_uid: 'ASIAEXAMPLE',
            session: { uid: 'i-0a1b2c3d4e5f60718' },
          },
          src: { ip: '198.51.100.9', ip_kind: 'public' },
        },
        context: { network: { prefix: '198.51.100.0/24', asn: 64500, class: 'residential' } },
        entity: { class: 'service', name: 'web-server' },
        signals: { newAsn: true },
      },
    ],
    miss: [
      {
        name: 'the same role inside the cloud',
        event: {
          class_uid: 6003,
          activity: 'ListBuckets',
          actor: {
            type: 'workload',
            credential_uid: 'ASIAEXAMPLE',
            session: { uid: 'i-0a1b2c3d4e5f60718' },
          },
          src: { ip: '198.51.100.9', ip_kind: 'public' },
        },
        context: { network: { prefix: '198.51.100.0/24', asn: 64500, class: 'hosting' } },
      },
      {
        name: 'a person’s temporary credentials at home',
        event: {
          class_uid: 6003,
          activity: 'ListBuckets',
          actor: {
            type: 'user',
            credential_uid: 'ASIAEXAMPLE',
            session: { uid: 'ada@example.com' },
          },
          src: { ip: '198.51.100.9', ip_kind: 'public' },
        },
        context: { network: { prefix: '198.51.100.0/24', asn: 64500, class: 'residential' } },
      },
    ],
  },
}

function holdsMachineCredentials({ event, entity }: EnrichedEvent): boolean {
  const { actor } = event
  if (actor.credential_uid?.startsWith('ASIA') !== true) return false
  // an instance's session is named after the instance
  const session = actor.session?.uid ?? actor.name ?? ''
  const isMachine = actor.type === 'workload' && entity.class === 'service'
  return isMachine || /^(.*[:/])?i-[0-9a-f]{8,17}$/.test(session)
}
