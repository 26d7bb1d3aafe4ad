import type { TenantId } from './store.ts'

/** What a person or key may do: viewer reads, analyst also judges alerts, ingest writes events and asks for verdicts, admin everything. */
export const ROLES = ['admin', 'analyst', 'viewer', 'ingest'] as const
export type Role = (typeof ROLES)[number]

/** How long (hours) a browser session lasts. */
export const SESSION_HOURS = 12

/** Who is asking, proven. */
export interface Caller {
  readonly tenant: TenantId
  readonly tenantName: string
  readonly role: Role
  readonly name: string
  readonly demo: boolean
}

/** Tenants, people, keys, browser sessions. Secrets are stored as hashes only; what is returned in the clear is returned once. */
export interface Accounts {
  /** The tenant of this name, created where missing, with its random hash key (16 bytes) and demo mark. */
  ensureTenant(
    name: string,
    demo: boolean,
  ): Promise<{ id: TenantId; hashKey: Uint8Array; demo: boolean }>
  tenant(id: TenantId): Promise<{ name: string; hashKey: Uint8Array; demo: boolean } | null>
  createKey(tenant: TenantId, name: string, role: Role): Promise<{ id: string; secret: string }>
  listKeys(
    tenant: TenantId,
  ): Promise<
    readonly { id: string; name: string; role: Role; created: number; lastUsed: number | null }[]
  >
  revokeKey(tenant: TenantId, id: string): Promise<boolean>
  callerByKey(secret: string): Promise<Caller | null>
  /** Names are unique across tenants, without regard to case, for people sign in without naming their tenant; a taken one is a fault. */
  createUser(tenant: TenantId, name: string, role: Role, password: string | null): Promise<void>
  listUsers(tenant: TenantId): Promise<readonly { name: string; role: Role; created: number }[]>
  /** Ends the person's sessions too; false where there is no such user. */
  setPassword(tenant: TenantId, name: string, password: string): Promise<boolean>
  removeUser(tenant: TenantId, name: string): Promise<boolean>
  /** A one-time token for a sign-in link, valid for `minutes`. */
  createSignInToken(tenant: TenantId, user: string, minutes: number): Promise<string>
  /** Session secret (for the cookie), or null where the proof is wrong, used or expired. Takes equal time for unknown users. */
  signIn(proof: { token: string } | { user: string; password: string }): Promise<string | null>
  callerBySession(secret: string): Promise<Caller | null>
  signOut(secret: string): Promise<void>
}
