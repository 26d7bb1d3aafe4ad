import type { EnrichedEvent } from '@gatewatch/schema'
import {
  apiAction,
  apiError,
  apiService,
  appName,
  authMethod,
  browserName,
  cityOf,
  clientFamily,
  countryOf,
  deviceUid,
  isAuthentication,
  longLivedCredential,
  management,
  networkName,
  prefixOf,
  region,
  resourceType,
  roleEdge,
} from './read.ts'

/** Which part of an event a feature speaks of; sums of surprise are kept per group. */
export type FeatureGroup =
  | 'network'
  | 'device'
  | 'access'
  | 'activity'
  | 'rhythm'
  | 'volume'
  | 'crowd'
  | 'ensemble'

/** One kind of evidence. `slots` 0: not a remembered value but a number worked out from several facts. */
export interface FeatureDefinition {
  /** Stable name, the code of its reason. */
  readonly name: string
  /** For people, in the middle of a sentence. */
  readonly label: string
  readonly group: FeatureGroup
  /** The coarser feature this one refines; novelty is only counted where the parent's value is known. */
  readonly parent: string | null
  /** How many values an identity's profile holds. */
  readonly slots: number
  /** Days after which an observation counts half: people, services. */
  readonly halfLifeDays: readonly [human: number, service: number]
  /** Share that a value never seen in the tenant is given. */
  readonly floor: number
  /** Most that a familiar value clears: its points never fall below ln(mimicry). */
  readonly mimicry: number
  /** Shipped share of events that bring a new value, for an identity with a long history. */
  readonly novelty: number
  /** Most nats that the rest of the organisation can add to a new value; 0: not shared between identities. */
  readonly tenantPoints: number
  /** Shipped weight of the term in the score. */
  readonly weight: number
  /** Does the value only have a meaning together with its parent's? */
  readonly within: boolean
  /** The printable value, undefined where the event has none. */
  readonly read: (input: EnrichedEvent) => string | undefined
}

type Row = Pick<FeatureDefinition, 'name' | 'label' | 'group'> & Partial<FeatureDefinition>

function define(row: Row): FeatureDefinition {
  return {
    parent: null,
    slots: 0,
    halfLifeDays: [60, 14],
    floor: 0.01,
    mimicry: 0.5,
    novelty: 0.03,
    tenantPoints: 0,
    weight: 1,
    within: false,
    read: () => undefined,
    ...row,
  }
}

const signIn =
  (read: (input: EnrichedEvent) => string | undefined) =>
  (input: EnrichedEvent): string | undefined =>
    isAuthentication(input) ? read(input) : undefined

const activity =
  (read: (input: EnrichedEvent) => string | undefined) =>
  (input: EnrichedEvent): string | undefined =>
    isAuthentication(input) ? undefined : read(input)

/**
 * Every kind of evidence, parents before children; a term's index in this list is its index in points and weights.
 * A new remembered feature is one line. Floors and mimicry caps are from the measurements behind the surprise model.
 * Weights other than 1: versions change with every update and cities with every entry of an address database, so they count
 * less than half; the kind of a network is what a new telephone changes and a thief does not, so it counts in members alone; a device's identifier and the application
 * that somebody opens are what attackers rarely have right, and a stranger's device in a stranger's place is theirs: more.
 */
export const catalogue: readonly FeatureDefinition[] = (
  [
    {
      name: 'country',
      label: 'country',
      group: 'network',
      weight: 0.5,
      slots: 4,
      floor: 1 / 60,
      mimicry: 0.35,
      novelty: 0.008,
      tenantPoints: 2,
      read: countryOf,
    },
    {
      name: 'city',
      label: 'city',
      group: 'network',
      parent: 'country',
      slots: 8,
      floor: 1 / 500,
      mimicry: 0.15,
      novelty: 0.03,
      tenantPoints: 1.5,
      within: true,
      weight: 0.2,
      read: cityOf,
    },
    {
      name: 'asn',
      label: 'network',
      group: 'network',
      parent: 'country',
      slots: 8,
      floor: 1 / 400,
      mimicry: 0.1,
      novelty: 0.03,
      tenantPoints: 2.5,
      weight: 1,
      read: networkName,
    },
    {
      name: 'prefix',
      label: 'address range',
      group: 'network',
      weight: 0.8,
      parent: 'asn',
      slots: 12,
      floor: 1e-6,
      mimicry: 0.02,
      novelty: 0.15,
      tenantPoints: 0.5,
      read: prefixOf,
    },
    {
      name: 'network_class',
      label: 'kind of network',
      group: 'network',
      weight: 0,
      slots: 4,
      floor: 1 / 10,
      mimicry: 0.7,
      novelty: 0.015,
      tenantPoints: 1,
      read: (e) => {
        const kind = e.context.network?.class
        return kind === 'unknown' ? undefined : kind
      },
    },
    {
      name: 'os',
      label: 'operating system',
      group: 'device',
      slots: 4,
      floor: 0.05,
      mimicry: 0.5,
      novelty: 0.008,
      tenantPoints: 1.5,
      read: signIn((e) => e.context.client.os),
    },
    {
      name: 'os_version',
      label: 'operating system version',
      group: 'device',
      parent: 'os',
      slots: 5,
      floor: 0.02,
      mimicry: 0.5,
      novelty: 0.02,
      tenantPoints: 1,
      within: true,
      weight: 0.2,
      read: signIn((e) => e.context.client.os_version),
    },
    {
      name: 'browser',
      label: 'browser',
      group: 'device',
      parent: 'os',
      slots: 5,
      floor: 0.02,
      mimicry: 0.4,
      novelty: 0.015,
      tenantPoints: 1.5,
      within: true,
      read: signIn(browserName),
    },
    {
      name: 'browser_version',
      label: 'browser version',
      group: 'device',
      parent: 'browser',
      slots: 6,
      floor: 0.01,
      mimicry: 0.4,
      novelty: 0.06,
      tenantPoints: 1,
      within: true,
      weight: 0.2,
      read: signIn((e) => e.context.client.browser_version),
    },
    {
      name: 'device',
      label: 'device',
      group: 'device',
      parent: 'browser',
      slots: 8,
      floor: 1e-9,
      mimicry: 0.06,
      novelty: 0.03,
      weight: 1.2,
      read: signIn(deviceUid),
    },
    {
      name: 'auth_method',
      label: 'way of signing in',
      group: 'access',
      weight: 1.2,
      slots: 4,
      floor: 0.05,
      mimicry: 0.5,
      novelty: 0.015,
      tenantPoints: 1,
      read: signIn(authMethod),
    },
    {
      name: 'app',
      label: 'application',
      group: 'access',
      weight: 1.2,
      slots: 8,
      floor: 0.01,
      mimicry: 0.5,
      novelty: 0.03,
      tenantPoints: 1,
      read: signIn(appName),
    },
    {
      name: 'service',
      label: 'service',
      group: 'activity',
      slots: 8,
      floor: 0.01,
      mimicry: 0.5,
      novelty: 0.02,
      tenantPoints: 1.5,
      read: activity(apiService),
    },
    {
      name: 'action',
      label: 'operation',
      group: 'activity',
      parent: 'service',
      slots: 24,
      floor: 0.002,
      mimicry: 0.3,
      novelty: 0.05,
      tenantPoints: 2,
      within: true,
      read: activity(apiAction),
    },
    {
      name: 'region',
      label: 'region',
      group: 'activity',
      slots: 6,
      floor: 0.03,
      mimicry: 0.6,
      novelty: 0.008,
      tenantPoints: 1.5,
      read: activity(region),
    },
    {
      name: 'resource',
      label: 'kind of resource',
      group: 'activity',
      parent: 'service',
      slots: 8,
      floor: 0.02,
      mimicry: 0.6,
      novelty: 0.04,
      tenantPoints: 1,
      within: true,
      weight: 0.5,
      read: activity(resourceType),
    },
    {
      name: 'error',
      label: 'error',
      group: 'activity',
      slots: 6,
      floor: 0.02,
      mimicry: 0.7,
      novelty: 0.1,
      tenantPoints: 1,
      read: activity(apiError),
    },
    {
      name: 'credential',
      label: 'credential',
      group: 'access',
      slots: 4,
      floor: 1e-6,
      mimicry: 0.5,
      novelty: 0.05,
      weight: 0.7,
      read: activity(longLivedCredential),
    },
    {
      name: 'role',
      label: 'role taken on',
      group: 'access',
      slots: 6,
      floor: 0.02,
      mimicry: 0.6,
      novelty: 0.02,
      tenantPoints: 1,
      read: activity(roleEdge),
    },
    {
      name: 'client',
      label: 'client program',
      group: 'device',
      slots: 4,
      floor: 0.02,
      mimicry: 0.5,
      novelty: 0.015,
      tenantPoints: 2,
      read: activity(clientFamily),
    },
    {
      name: 'sequence',
      label: 'service after service',
      group: 'activity',
      parent: 'service',
      slots: 12,
      floor: 0.02,
      mimicry: 0.6,
      novelty: 0.1,
      tenantPoints: 1,
      weight: 0.5,
      within: true,
    },
    {
      name: 'management',
      label: 'management of the device',
      group: 'device',
      parent: 'os',
      slots: 6,
      floor: 0.5,
      novelty: 0.02,
      tenantPoints: 1,
      within: true,
      read: management,
    },
    { name: 'hour', label: 'time of the week', group: 'rhythm', weight: 0.4 },
    { name: 'travel', label: 'travel', group: 'network', weight: 0.3 },
    { name: 'bytes_out', label: 'bytes sent out', group: 'volume', weight: 0.7 },
    { name: 'bytes_in', label: 'bytes taken in', group: 'volume', weight: 0.5 },
    { name: 'identity_rate', label: 'events in an hour', group: 'volume', weight: 0.3 },
    { name: 'device_rate', label: 'sign-ins from this device', group: 'crowd', weight: 0.3 },
    { name: 'place_rate', label: 'sign-ins from this place', group: 'crowd', weight: 0.1 },
    {
      name: 'prefix_failures',
      label: 'failed sign-ins from this address range',
      group: 'crowd',
      weight: 0.8,
    },
    {
      name: 'asn_failures',
      label: 'failed sign-ins from this network',
      group: 'crowd',
      weight: 0.8,
    },
    { name: 'reputation', label: 'reputation lists', group: 'crowd' },
    { name: 'vendor', label: "the source's own opinion", group: 'crowd' },
    { name: 'together', label: 'a new device in a new place', group: 'access', weight: 1.2 },
    {
      name: 'late_together',
      label: 'something new at an unusual hour',
      group: 'access',
      weight: 0,
    },
    {
      name: 'unvouched',
      label: 'proof that a session is on its own device',
      group: 'access',
    },
    { name: 'rehearsal', label: 'how strangers would sign in', group: 'ensemble', weight: 2 },
    { name: 'isolation_forest', label: 'isolation forest', group: 'ensemble', weight: 0.05 },
    { name: 'autoencoder', label: 'autoencoder', group: 'ensemble', weight: 0.05 },
    { name: 'feedback', label: "people's verdicts on alerts", group: 'ensemble' },
    { name: 'pca', label: 'principal components', group: 'ensemble', weight: 0.05 },
    { name: 'k_means', label: 'groups of sign-ins', group: 'ensemble', weight: 0.05 },
    { name: 'dbscan', label: 'dense regions of sign-ins', group: 'ensemble', weight: 0.05 },
    { name: 'random_forest', label: "a forest on people's verdicts", group: 'ensemble' },
    { name: 'lstm', label: 'order of actions', group: 'ensemble', weight: 0.05 },
  ] satisfies Row[]
).map(define)

/** Number of remembered (categorical) features; they come first in the catalogue. */
export const REMEMBERED = catalogue.filter((feature) => feature.slots > 0).length

/** Index of each feature's parent; -1 for roots. */
export const PARENT: Int32Array = Int32Array.from(catalogue, (feature) =>
  catalogue.findIndex((other) => other.name === feature.parent),
)

/** Index of a feature by name. @throws RangeError for a name that is not in the catalogue. */
export function indexOf(name: string): number {
  const index = catalogue.findIndex((feature) => feature.name === name)
  if (index < 0) throw new RangeError(`the catalogue has no feature ${name}`)
  return index
}
