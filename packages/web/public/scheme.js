// Runs before the first paint, so that a dark screen never flashes white. A file of its own: the page allows no inline script.
let stored = 'auto'
try {
  stored = window.localStorage.getItem('mantine-color-scheme-value') ?? 'auto'
} catch {
  // storage may be forbidden; the system's scheme is used then
}
const dark =
  stored === 'dark' || (stored !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')
