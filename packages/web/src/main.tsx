import './zod-without-eval.ts'
import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Gate } from './app/gate.tsx'
import { queryClient } from './app/query-client.ts'
import { theme } from './theme/mantine.ts'
import './theme/theme.css'
import { NowProvider } from './components/times.tsx'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no element with id root')

// Mantine must write no style element: the content policy allows none. theme.css and Mantine's own files have them all.
createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <QueryClientProvider client={queryClient}>
        <NowProvider>
          <Gate />
        </NowProvider>
      </QueryClientProvider>
      <Notifications position="bottom-right" limit={3} />
    </MantineProvider>
  </StrictMode>,
)
