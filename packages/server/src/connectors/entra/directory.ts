import type { Reader } from '../values/fields.ts'
import { textOf } from '../values/text.ts'

/**
 * The directory (tenant) whose log the record is of; undefined where nothing says it. `TenantId` is the directory in an envelope of
 * diagnostic settings, and the workspace in a table of Log Analytics.
 */
export function directoryOf(get: Reader): string | undefined {
  const path = textOf(get('resourceid'), 2048)
  const named = /^\/tenants\/([0-9a-f-]{36})\//i.exec(path ?? '')?.[1]?.toLowerCase()
  const around = get('properties') === undefined ? undefined : get('tenantid')
  const said = get('aadtenantid') ?? named ?? around ?? get('resourcetenantid', 'hometenantid')
  return textOf(said, 255)
}
