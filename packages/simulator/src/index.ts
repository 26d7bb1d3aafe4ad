export {
  ADA,
  DEMO_NAME,
  type DemoOrganisation,
  demoHistory,
  demoLive,
  demoOrganisation,
} from './demo.ts'
export { ATTACK_TYPES, type AttackType, type SimulatedEvent, type Truth } from './truth.ts'
export {
  type AddressFacts,
  createWorld,
  type Resident,
  type World,
  type WorldOptions,
} from './world.ts'
