import { config } from 'zod'

// The content policy forbids eval; zod must know before the first schema is made, so main.tsx imports this file first.
config({ jitless: true })
