import { testStream } from '../ports/stream.contract.ts'
import { directStream } from './direct-stream.ts'

testStream('direct', { keeps: false }, async () => ({
  open: async () => directStream(),
  close: async () => {},
}))
