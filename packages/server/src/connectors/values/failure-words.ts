import type { FailureClass } from '@gatewatch/schema'

const words: readonly (readonly [RegExp, FailureClass])[] = [
  [
    /user (does )?not (exist|found)|unknown.?user|no such user|USER_DOES_NOT_EXIST|USER_NOT_FOUND|invalid.?user ?name(?!.{0,4}or.{0,4}pass)|0xC0000064/i,
    'unknown_user',
  ],
  [/fraud/i, 'mfa_fraud_reported'],
  [
    /(mfa|push|factor|second).{0,40}(denied|declined|rejected)|user.?rejected|deny_push/i,
    'mfa_denied',
  ],
  [
    /(mfa|push|factor|passcode|challenge).{0,40}(time|no.?response|expired)|no_response/i,
    'mfa_timeout',
  ],
  [/mfa|otp|passcode|second.?factor|invalid.{0,10}(code|factor)/i, 'mfa_failed'],
  [/locked|lock.?out|0xC0000234/i, 'locked'],
  [/disabled|deactivated|suspended|inactive|0xC0000072/i, 'disabled'],
  [/password.{0,10}expired|expired.{0,10}password|must.?change|0xC0000071|0xC0000224/i, 'expired'],
  [
    /(breach|leak|compromised).{0,20}(password|credential)|(password|credential)s?.{0,20}(breach|leak|compromised)/i,
    'leaked_password',
  ],
  [/rate.?limit|too.?many|throttl/i, 'rate_limited'],
  [
    /(bad|invalid|wrong|incorrect).{0,20}(credential|password)|INVALID_CREDENTIALS|password.{0,20}(invalid|incorrect|wrong)|authentication fail|0xC000006[AD]/i,
    'bad_credentials',
  ],
  [/token|session.{0,10}expired/i, 'token_invalid'],
  [/policy|blocked|conditional.?access|not.?allowed|restrict/i, 'policy_blocked'],
  [/access.?denied|unauthori[sz]ed|forbidden|permission|not.?authori[sz]ed/i, 'unauthorized'],
]

/** What a vendor's words or codes say of why something failed; undefined where they say nothing known. Looks at 256 characters. */
export function failureWords(said: string | undefined): FailureClass | undefined {
  if (said === undefined) return undefined
  const text = said.slice(0, 256)
  return words.find(([form]) => form.test(text))?.[1]
}
