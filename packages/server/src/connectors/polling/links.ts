/** The address behind `rel="next"` in a `Link` header, which may hold several links; undefined where there is none. */
export function nextLink(headers: Headers): string | undefined {
  const links = headers.get('link') ?? ''
  for (const piece of links.slice(0, 16_384).split(',')) {
    const found = /^\s*<([^<>]{1,8000})>\s*;(.*)$/.exec(piece)
    if (found !== null && /\brel="?next"?/.test(found[2] ?? '')) return found[1]
  }
  return undefined
}
