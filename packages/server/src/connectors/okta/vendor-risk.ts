import type { VendorRisk } from '@gatewatch/schema'
import { entryOf, type Fields, fieldsOf, parseEmbedded } from '../values/fields.ts'
import { parseLoose } from '../values/loose.ts'
import { boolOf, textOf } from '../values/text.ts'

const levels: Readonly<Record<string, VendorRisk['level_id']>> = { LOW: 1, MEDIUM: 2, HIGH: 3 }

/** What Okta itself thought: its risk level with reasons, behaviours that were new, and suspected threats. */
export function vendorRisk(debug: Fields): VendorRisk | undefined {
  const logOnly = fieldsOf(parseEmbedded(debug.logOnlySecurityData))
  const risk = loose(debug.risk ?? logOnly.risk)
  const behaviors = loose(debug.behaviors ?? logOnly.behaviors)
  const level = entryOf(levels, textOf(risk.level, 16))
  const threat = boolOf(debug.threatSuspected) === true
  const reasons = [
    ...(textOf(risk.reasons, 1024)?.split(',') ?? []),
    ...Object.keys(behaviors).filter((name) => textOf(behaviors[name], 16) === 'POSITIVE'),
    ...(threat ? ['threat suspected'] : []),
  ]
  const said = reasons.flatMap((reason) => textOf(reason, 255) ?? [])
  if (level === undefined && said.length === 0) return undefined
  return { level_id: threat ? 3 : (level ?? 0), reasons: said.slice(0, 32) }
}

function loose(value: unknown): Fields {
  const parsed = fieldsOf(typeof value === 'string' ? parseLoose(value) : value)
  // Exporters differ in the case of the keys.
  return 'LEVEL' in parsed ? { ...parsed, level: parsed.LEVEL } : parsed
}
