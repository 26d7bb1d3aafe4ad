const others: Readonly<Record<string, string>> = {
  'united states of america': 'US',
  usa: 'US',
  uk: 'GB',
  'great britain': 'GB',
  england: 'GB',
  scotland: 'GB',
  'russian federation': 'RU',
  'korea, republic of': 'KR',
  'republic of korea': 'KR',
  "korea, democratic people's republic of": 'KP',
  'viet nam': 'VN',
  'czech republic': 'CZ',
  turkey: 'TR',
  'iran, islamic republic of': 'IR',
  'syrian arab republic': 'SY',
  'taiwan, province of china': 'TW',
  'hong kong': 'HK',
  macau: 'MO',
  macao: 'MO',
  'moldova, republic of': 'MD',
  'tanzania, united republic of': 'TZ',
  'venezuela, bolivarian republic of': 'VE',
  'bolivia, plurinational state of': 'BO',
  'brunei darussalam': 'BN',
  "lao people's democratic republic": 'LA',
  'ivory coast': 'CI',
  myanmar: 'MM',
  palestine: 'PS',
  'the netherlands': 'NL',
}

const byName = new Map<string, string>(Object.entries(others))
const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
for (const code of letters.flatMap((first) => letters.map((second) => first + second))) {
  const name = isCountry(code) ? names.of(code)?.toLowerCase() : undefined
  if (name !== undefined && !byName.has(name)) byName.set(name, code)
}

const codes = new Set(byName.values())

/** Codes of states that are no more have a successor; groups of states and private codes are no country. */
function isCountry(code: string): boolean {
  if (/^(EU|EZ|UN|QO|X[ABC]|ZZ)$/.test(code) || names.of(code) === undefined) return false
  return new Intl.Locale(`und-${code}`).region === code
}

/** ISO 3166-1 alpha-2 code of a country given by code or English name; undefined where it is neither. */
export function countryCode(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  const text = value.trim()
  if (text.length > 80) return undefined
  const code = text.toUpperCase()
  return codes.has(code) ? code : byName.get(text.toLowerCase())
}
