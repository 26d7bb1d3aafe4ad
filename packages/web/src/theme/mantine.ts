import '@mantine/core/styles/baseline.css'
import '@mantine/core/styles/default-css-variables.css'
import '@mantine/core/styles/global.css'
import '@mantine/core/styles/UnstyledButton.css'
import '@mantine/core/styles/VisuallyHidden.css'
import '@mantine/core/styles/Paper.css'
import '@mantine/core/styles/CloseButton.css'
import '@mantine/core/styles/Loader.css'
import '@mantine/core/styles/ActionIcon.css'
import '@mantine/core/styles/Button.css'
import '@mantine/core/styles/Popover.css'
import '@mantine/core/styles/Tooltip.css'
import '@mantine/core/styles/ScrollArea.css'
import '@mantine/core/styles/Combobox.css'
import '@mantine/core/styles/Input.css'
import '@mantine/core/styles/PasswordInput.css'
import '@mantine/core/styles/SegmentedControl.css'
import '@mantine/core/styles/FloatingIndicator.css'
import '@mantine/core/styles/Skeleton.css'
import '@mantine/core/styles/Kbd.css'
import '@mantine/core/styles/Notification.css'
import '@mantine/notifications/styles.css'
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
