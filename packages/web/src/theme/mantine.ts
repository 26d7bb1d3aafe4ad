import { createTheme } from '@mantine/core'

/**
 * What Mantine's components need to know; every colour, size and font is in theme.css. Mantine is told to write no style
 * element of its own (see main.tsx), so that the page runs under a content policy without inline styles.
 */
export const theme = createTheme({
  primaryColor: 'teal',
  cursorType: 'pointer',
  respectReducedMotion: true,
})
