import { readIso, readSlashed } from '../values/time.ts'

/** Hours east of Greenwich of the zones that a downloaded LoginHistory names. */
const zones: Readonly<Record<string, string>> = {
  PST: '-08:00',
  PDT: '-07:00',
  MST: '-07:00',
  MDT: '-06:00',
  CST: '-06:00',
  CDT: '-05:00',
  EST: '-05:00',
  EDT: '-04:00',
  GMT: '+00:00',
  UTC: '+00:00',
  BST: '+01:00',
  CET: '+01:00',
  CEST: '+02:00',
  EET: '+02:00',
  EEST: '+03:00',
}

/**
 * A time as Salesforce writes it, ms UTC: ISO 8601, `20240506071000.123` of event log files, `5/6/2024, 12:10:00 AM PDT` of downloads;
 * NaN where it is none. Without a zone it is UTC.
 */
export function salesforceTime(said: unknown): number {
  if (typeof said !== 'string' || said.length > 60) return Number.NaN
  const text = said.trim()
  const dense = /^(\d{8})(\d{6}(?:\.\d{1,3})?)$/.exec(text)
  if (dense !== null) return readIso(`${dense[1]}T${dense[2]}`)
  const iso = readIso(text)
  if (!Number.isNaN(iso)) return iso
  const named = /^(.{8,40}?) ?\b([A-Z]{3,4})$/.exec(text)
  const offset =
    named?.[2] !== undefined && Object.hasOwn(zones, named[2]) ? zones[named[2]] : undefined
  return offset === undefined
    ? readSlashed(text, 'month')
    : readSlashed(`${named?.[1]} ${offset}`, 'month')
}
