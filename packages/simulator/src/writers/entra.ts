import type { AccessEvent } from '@gatewatch/schema'
import { ENTRA_CODES } from '../emit.ts'
import type { SimulatedEvent } from '../truth.ts'
import type { Piece } from './piece.ts'

/** The sign-ins of a stream in the shape of Microsoft Graph's signIn resource, one a line. */
export function* writeEntra(events: Iterable<SimulatedEvent>): Generator<Piece> {
  for (const { event, truth } of events) {
    if (event.class_uid !== 3002) continue
    yield { text: `${JSON.stringify(signIn(event))}\n`, row: { uid: event.uid, truth } }
  }
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
    },
    deviceDetail: {
      deviceId: device?.uid ?? '',
      operatingSystem: device?.os ?? '',
      browser: device?.browser ?? '',
      isCompliant: false,
      isManaged: false,
      trustType: '',
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
