import type { AccessEvent } from '@gatewatch/schema'

type Result = Pick<AccessEvent, 'status_id' | 'failure_class'>
type FailureClass = NonNullable<AccessEvent['failure_class']>

/** Steps on the way, not failures: stay signed in, prove a second factor, register, consent, choose an account. */
const interrupts = new Set([
  '50140',
  '50074',
  '50076',
  '50079',
  '50072',
  '50125',
  '50127',
  '50129',
  '50097',
  '50058',
  '50059',
  '50143',
  '65001',
  '65004',
  '16000',
  '16001',
  '16003',
  '50158',
  '51006',
  '52004',
  '81010',
  '81012',
  '90072',
  '9002341',
  '50203',
  '50207',
  '51010',
])

const failures: Readonly<Record<FailureClass, string>> = {
  bad_credentials: '50126 50056 50064 50144 50020 120014',
  unknown_user: '50034 51004 50177',
  mfa_failed: '500121 50088 50078 54008',
  mfa_denied: '500121.denied',
  mfa_fraud_reported: '500121.fraud',
  mfa_timeout: '500121.timeout',
  locked: '50053',
  disabled: '50057',
  expired: '50055 50173',
  policy_blocked: '53003 53000 53001 53002 53004 50105 530032 50131 50005 700016 53011',
  risk_blocked: '53009 530034',
  rate_limited: '50196',
  leaked_password: '50142',
  token_invalid:
    '70044 70043 70008 700082 50132 50133 50089 50013 7000215 7000222 700003 700027 50170 70000 50085 70037',
  unauthorized: '50155 90094 90095 65005',
  protocol: '50011 9002313 900144 50194 70001 90014 70011 50012 90002',
  other: '',
}

const classes = new Map<string, FailureClass>(
  Object.entries(failures).flatMap(([name, codes]) =>
    codes.split(' ').map((code): [string, FailureClass] => [code, name as FailureClass]),
  ),
)

/** How a sign-in ended, from Entra's result code and what it says about the second factor. Interrupts are status 99. */
export function resultOf(code: string | undefined, detail: string | undefined): Result {
  if (code === undefined) return { status_id: 0 }
  if (code === '0') return { status_id: 1 }
  if (interrupts.has(code)) return { status_id: 99 }
  const found = classes.get(code === '500121' ? factorFailure(code, detail ?? '') : code)
  return { status_id: 2, failure_class: found ?? 'other' }
}

function factorFailure(code: string, detail: string): string {
  if (/fraud/i.test(detail)) return `${code}.fraud`
  if (/denied|declined/i.test(detail)) return `${code}.denied`
  return /time|did not respond|no response|expired/i.test(detail) ? `${code}.timeout` : code
}
