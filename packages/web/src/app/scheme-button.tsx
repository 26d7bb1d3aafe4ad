import { type MantineColorScheme, useMantineColorScheme } from '@mantine/core'
import { MoonIcon, ScreenIcon, SunIcon } from '../components/icons.tsx'
import { text } from '../text.ts'

const icons = { auto: ScreenIcon, light: SunIcon, dark: MoonIcon } as const
const next: Record<MantineColorScheme, MantineColorScheme> = {
  auto: 'light',
  light: 'dark',
  dark: 'auto',
}

/** Steps through as the system, light, dark; the choice is kept in this browser. */
export function SchemeButton() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const SchemeIcon = icons[colorScheme]
  const label = text.scheme.next(text.scheme[colorScheme])
  return (
    <button
      type="button"
      className="icon-button"
      onClick={() => setColorScheme(next[colorScheme])}
      title={label}
      aria-label={label}
    >
      <SchemeIcon />
    </button>
  )
}
