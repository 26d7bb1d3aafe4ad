const names = '(?:Records|records|value|Events|events|items|entries)'
const scalar = '(?:"(?:[^"\\\\]|\\\\.){0,2000}"|-?[0-9.eE+-]{1,30}|true|false|null)'
const before = `(?:"[^"\\\\]{0,100}"\\s*:\\s*${scalar}\\s*,\\s*){0,16}`
const opening = new RegExp(
  `^\\{\\s*${before}(?:"data"\\s*:\\s*\\{\\s*)?${before}"${names}"\\s*:\\s*\\[`,
)

/**
 * Where the list of records begins in a text that wraps one (`{"Records":[`, Graph's `{"@odata.context":"…","value":[`, an event
 * hook's `{"data":{"events":[`): the offset behind the bracket, with how many braces are open there. Null for any other text.
 */
export function wrapperAt(
  head: string,
): { readonly offset: number; readonly braces: number } | null {
  const match = opening.exec(head)
  if (match === null) return null
  const nested = /"data"\s*:\s*\{\s*(?:"[^"]*"\s*:[^{}]*)?$/.test(
    match[0].replace(/"[^"]*"\s*:\s*\[$/, ''),
  )
  return { offset: match[0].length, braces: nested ? 2 : 1 }
}
