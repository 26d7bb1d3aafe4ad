import { isDeepStrictEqual } from 'node:util'
import {
  decodeModels,
  decodeProfile,
  decodeSeen,
  defaultModels,
  type Judgement,
  type Judges,
  type Models,
  type Policy,
  peek,
} from '@gatewatch/engine'
import type { EnrichedEvent, Verdict } from '@gatewatch/schema'
import type { Accounts } from '../ports/accounts.ts'
import type { Storage } from '../ports/storage.ts'
import type { CaseFile, TenantId } from '../ports/store.ts'
import { version } from '../version.ts'

/** What a case file says besides what was seen of the population. */
interface Case {
  /** Version of the Gatewatch that judged. */
  readonly build: string
  readonly policy: Policy
  readonly models: number
  readonly head: 'shipped' | 'fitted'
  readonly input: EnrichedEvent
}

/**
 * Everything that an alerted event was judged with but the profile, which is stored beside it, and the models, which are in
 * their log; null where there is no alert. About 5 kB, which the database compresses.
 */
export function caseFileOf(
  { event, context, entity }: EnrichedEvent,
  { alert, seen }: Pick<Judgement, 'alert' | 'seen'>,
  { models, policyOf }: Judges,
): CaseFile | null {
  if (alert === null || seen === null) return null
  const text = JSON.stringify({
    build: version,
    policy: policyOf({ event, context, entity }),
    models: models.version,
    head: models.head === defaultModels.head ? 'shipped' : 'fitted',
    input: { event, context, entity },
  } satisfies Case)
  const said = Buffer.from(text)
  const head = Buffer.alloc(5)
  head.writeUInt8(LAYOUT)
  head.writeUInt32LE(said.length, 1)
  return { body: Buffer.concat([head, said, seen]), models: models.version }
}

/** First byte of a case file: what it is made of, in which order. */
const LAYOUT = 0xff

/** A case file read back. */
function openCase(body: Buffer): { readonly said: Case; readonly seen: Uint8Array } {
  const end = 5 + body.readUInt32LE(1)
  return { said: JSON.parse(body.toString('utf8', 5, end)), seen: body.subarray(end) }
}

/** How judging an alert's event again went. `equal`: the verdict is the stored one, to the bit. `build`: what judged it then. */
export type Replayed =
  | {
      readonly kind: 'replayed'
      readonly verdict: Verdict
      readonly stored: Verdict
      readonly equal: boolean
      readonly build: string
      readonly models: number
    }
  | { readonly kind: 'impossible'; readonly why: string }

/**
 * Judges the event that an alert shows again, from its case file: with the identity, the organisation and the models as they
 * were. Equal to the bit where the same build judged it. Null where there is no such alert.
 */
export async function replayAlert(
  {
    reader,
    modelLog,
    accounts,
  }: Pick<Storage, 'reader' | 'modelLog'> & {
    readonly accounts: Pick<Accounts, 'tenant'>
  },
  tenant: TenantId,
  alertId: string,
): Promise<Replayed | null> {
  const found = await reader.alert(tenant, alertId)
  if (found === null) return null
  const { profileBefore, caseFile } = found
  if (profileBefore === null || caseFile === null) {
    const why =
      'It has no case file: it was raised before these were kept, or the event it showed was erased, or is not strange any more since an earlier one came late.'
    return { kind: 'impossible', why }
  }
  const owner = await accounts.tenant(tenant)
  if (owner === null) throw new Error(`there is no tenant ${tenant}`)
  const bytes = Buffer.from(caseFile.buffer, caseFile.byteOffset, caseFile.byteLength)
  if (bytes[0] !== LAYOUT) {
    const why = 'Its case file is of a build that laid them out in another way.'
    return { kind: 'impossible', why }
  }
  const { said, seen } = openCase(bytes)
  try {
    const models = await modelsOf(modelLog, tenant, said)
    if (models === null) {
      const why = `The models that judged it (version ${said.models}) are no longer stored.`
      return { kind: 'impossible', why }
    }
    const population = decodeSeen(seen, owner.hashKey)
    const verdict = peek(said.input, decodeProfile(profileBefore), population, models, said.policy)
    const { amended: _, ...stored } = found.alert.verdict
    const equal = isDeepStrictEqual(JSON.parse(JSON.stringify(verdict)), stored)
    return { kind: 'replayed', verdict, stored, equal, build: said.build, models: said.models }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    const why = `It was judged by build ${said.build}, which stored what this one (${version}) cannot read: ${error.message}.`
    return { kind: 'impossible', why }
  }
}

async function modelsOf(
  log: Storage['modelLog'],
  tenant: TenantId,
  { models: number, head }: Case,
): Promise<Models | null> {
  if (number === defaultModels.version) return defaultModels
  const stored = await log.at(tenant, number)
  if (stored === null) return null
  const models = decodeModels(stored.body, number)
  return head === 'fitted' ? models : { ...models, head: defaultModels.head }
}
