import './zod-without-eval.ts'
import './theme/styles.ts'
import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { CatchBoundary } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Gate } from './app/gate.tsx'
import { queryClient } from './app/query-client.ts'
import { Failure } from './components/states.tsx'
import { NowProvider } from './components/times.tsx'
import { theme } from './theme/mantine.ts'

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
          <CatchBoundary getResetKey={() => 'page'} errorComponent={Failure}>
            <Gate />
          </CatchBoundary>
        </NowProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)
