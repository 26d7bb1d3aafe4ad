import { type Kysely, sql } from 'kysely'
import type { DeadLetters } from '../../ports/dead-letters.ts'
import type { TenantId } from '../../ports/store.ts'
import type { Vault } from '../../ports/vault.ts'
import { array, plainText } from './arrays.ts'
import { inTenant } from './database.ts'
import type { Tables } from './tables.ts'

/** How raw bytes of dead letters are kept. What was sealed is opened again wherever the vault has its key. */
export interface LetterSealing {
  readonly vault: Vault
  /** Are new ones sealed? */
  readonly isOn: boolean
}

const SEALED_ELSEWHERE = '(sealed with another GATEWATCH_SECRET_KEY)'
const belongsTo = (tenant: TenantId) => `dead letters of tenant ${tenant}`

/** The raw bytes of a stored letter; null where they are sealed with a key that is not at hand. */
export function openedLetter(
  tenant: TenantId,
  { raw, sealed }: { readonly raw: Buffer; readonly sealed: boolean },
  sealing: LetterSealing | undefined,
): Buffer | null {
  if (!sealed) return raw
  try {
    const text = sealing?.vault.open(raw, belongsTo(tenant))
    return text === undefined ? null : Buffer.from(text, 'latin1')
  } catch {
    return null
  }
}

/** Dead letters in PostgreSQL: the raw bytes as they came, or sealed. */
export function postgresDeadLetters(
  db: Kysely<Tables>,
  clock: () => number,
  sealing?: LetterSealing,
): DeadLetters {
  const isSealed = sealing?.isOn === true
  const kept = (tenant: TenantId, raw: Uint8Array) =>
    isSealed ? sealing.vault.seal(Buffer.from(raw).toString('latin1'), belongsTo(tenant)) : raw
  return {
    add: (tenant, letters) =>
      inTenant(db, tenant, async (trx) => {
        await sql`
          insert into dead_letter (tenant, received, source, line, reason, raw, sealed)
          select ${tenant}, ${clock()}, source, line, reason, raw, ${isSealed}
          from unnest(${array.text(letters.map(({ source }) => plainText(source)))}::text[],
            ${array.int8(letters.map(({ line }) => line ?? -1))}::int8[],
            ${array.text(letters.map(({ reason }) => plainText(reason)))}::text[],
            ${array.bytea(letters.map(({ raw }) => kept(tenant, raw)))}::bytea[]) as u(source, number, reason, raw),
            lateral (select nullif(number, -1)::int as line) as l`.execute(trx)
      }),
    count: (tenant) =>
      inTenant(db, tenant, async (trx) => {
        const { count } = await trx
          .selectFrom('dead_letter')
          .select(sql<number>`count(*)`.as('count'))
          .where('tenant', '=', tenant)
          .executeTakeFirstOrThrow()
        return count
      }),
    list: (tenant, limit) =>
      inTenant(db, tenant, async (trx) => {
        const rows = await trx
          .selectFrom('dead_letter')
          .select(['id', 'received', 'source', 'line', 'reason', 'raw', 'sealed'])
          .where('tenant', '=', tenant)
          .orderBy('id', 'desc')
          .limit(limit)
          .execute()
        return rows.map(({ sealed, ...row }) => {
          const raw = openedLetter(tenant, { raw: row.raw, sealed }, sealing)
          return { ...row, id: String(row.id), raw: raw?.toString('utf8') ?? SEALED_ELSEWHERE }
        })
      }),
  }
}
