import type { AccessEvent } from '@gatewatch/schema'
import { ENTRA_CODES } from '../emit.ts'
import type { SimulatedEvent } from '../truth.ts'
import type { Piece } from './piece.ts'

/**
 * The sign-ins of a stream in the shape of Microsoft Graph's signIn resource, and its changes of accounts and consents to
 * applications in the shape of directoryAudit, one a line. Cloud activity elsewhere is left out.
 */
export function* writeEntra(events: Iterable<SimulatedEvent>): Generator<Piece> {
  for (const { event, truth } of events) {
    const record = event.class_uid === 3002 ? signIn(event) : audit(event)
    if (record === null) continue
    yield { text: `${JSON.stringify(record)}\n`, row: { uid: event.uid, truth } }
  }
}

/** What other identity providers call the activities that Entra names in its own way. */
const ACTIVITIES: Readonly<Record<string, string>> = {
  'user.account.reset_password': 'Reset user password',
  'user.account.update_password': 'Change user password',
  'user.mfa.factor.activate': 'User registered security info',
  'user.mfa.factor.deactivate': 'User deleted security info',
  'app.oauth2.as.consent.grant': 'Consent to application',
  authorize: 'Consent to application',
}

function audit(event: AccessEvent): Record<string, unknown> | null {
  const { actor, target } = event
  const consent = ACTIVITIES[event.activity] === 'Consent to application'
  const known = event.activity === 'Consent to application' || consent
  if (event.class_uid !== 3001 && !known) return null
  const app = target?.type === 'service'
  return {
    id: event.uid,
    category: app ? 'ApplicationManagement' : 'UserManagement',
    activityDateTime: new Date(event.time).toISOString(),
    activityDisplayName: ACTIVITIES[event.activity] ?? event.activity,
    loggedByService: app ? 'Core Directory' : 'Authentication Methods',
    operationType: app ? 'Assign' : 'Update',
    result: event.status_id === 1 ? 'success' : 'failure',
    initiatedBy: {
      user: { id: actor.uid, userPrincipalName: actor.email_addr, ipAddress: event.src.ip },
      app: null,
    },
    targetResources: [
      {
        id: target?.uid,
        type: app ? 'ServicePrincipal' : 'User',
        displayName: app ? target.name : undefined,
        userPrincipalName: target?.email_addr,
        modifiedProperties: [],
      },
    ],
    additionalDetails: [{ key: 'User-Agent', value: event.user_agent }],
  }
}

/** What Entra adds to its one code for a second factor that failed. */
const FACTOR_FAILURES: Readonly<Record<string, string>> = {
  mfa_denied: 'MFA denied; user declined the authentication',
  mfa_timeout: 'authentication timed out, no response on the phone',
}

const METHODS = {
  push: 'Microsoft Authenticator',
  otp: 'OATH verification code',
  webauthn: 'FIDO2 security key',
  passkey: 'Passkey (device-bound)',
}

function signIn(event: AccessEvent): Record<string, unknown> {
  const { actor, auth, device, src } = event
  const code =
    event.failure_class === undefined ? '0' : (ENTRA_CODES[event.failure_class] ?? '90033')
  const second = (auth?.factors ?? []).find((factor) => factor in METHODS)
  const method = second === undefined ? undefined : METHODS[second as keyof typeof METHODS]
  const failedSecond = auth?.stage === 'mfa' && event.status_id === 2
  return {
    id: event.uid,
    createdDateTime: new Date(event.time).toISOString(),
    userDisplayName: actor.name,
    userPrincipalName: actor.email_addr,
    userId: actor.uid,
    userType: 'member',
    appDisplayName: event.app?.name,
    ipAddress: src.ip,
    autonomousSystemNumber: src.autonomous_system?.number,
    userAgent: event.user_agent,
    clientAppUsed: device?.type === 'mobile' ? 'Mobile Apps and Desktop clients' : 'Browser',
    correlationId: auth?.attempt_uid,
    isInteractive: auth?.is_interactive,
    authenticationProtocol: 'none',
    authenticationRequirement:
      auth?.is_mfa === true || failedSecond
        ? 'multiFactorAuthentication'
        : 'singleFactorAuthentication',
    authenticationDetails: [
      ...(auth?.factors?.includes('password') === true
        ? [{ authenticationMethod: 'Password', succeeded: code !== '50126' }]
        : []),
      ...(method === undefined
        ? []
        : [{ authenticationMethod: method, succeeded: event.status_id === 1 }]),
    ],
    conditionalAccessStatus: 'notApplied',
    status: {
      errorCode: Number(code),
      failureReason: code === '0' ? 'Other.' : (event.failure_class ?? 'Other.'),
      additionalDetails: FACTOR_FAILURES[event.failure_class ?? ''] ?? null,
    },
    deviceDetail: {
      deviceId: device?.uid ?? '',
      operatingSystem: device?.os ?? '',
      browser: device?.browser ?? '',
      isCompliant: device?.is_managed ?? false,
      isManaged: device?.is_managed ?? false,
      trustType: device?.is_managed === true ? 'AzureAd' : '',
    },
    location: {
      city: src.location?.city,
      state: src.location?.region,
      countryOrRegion: src.location?.country,
      geoCoordinates: { latitude: src.location?.lat, longitude: src.location?.long },
    },
    riskLevelDuringSignIn: 'none',
    riskState: 'none',
  }
}
