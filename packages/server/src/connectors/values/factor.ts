import type { AuthDetail } from '@gatewatch/schema'

type Factor = NonNullable<AuthDetail['factors']>[number]

const words: readonly (readonly [RegExp, Factor])[] = [
  [/passkey/i, 'passkey'],
  [/webauthn|fido|u2f|security.?key|yubikey.?(nano|bio|5)|touch.?id|windows.?hello/i, 'webauthn'],
  [/push|duo|protect|verify/i, 'push'],
  [/sms|text.?message/i, 'sms'],
  [/voice|phone.?call/i, 'voice'],
  [/recovery|bypass|backup.?code|temporary.?code/i, 'recovery'],
  [/otp|authenticator|passcode|token.?code/i, 'otp'],
  [/cert|x\.?509|smart.?card|piv|key.?pair|jwt/i, 'cert'],
  [/kerberos|gssapi|negotiate/i, 'kerberos'],
  [/password|pwd|local|basic/i, 'password'],
]

/** The way of proving who one is that a vendor's words name; undefined where they name none. Looks at 128 characters. */
export function factorOf(said: unknown): Factor | undefined {
  if (typeof said !== 'string') return undefined
  const text = said.slice(0, 128)
  return words.find(([form]) => form.test(text))?.[1]
}
