import { PredictRequest } from '@gatewatch/schema'
import { faults } from '../canonical/normalise.ts'
import type { Connector } from '../connector.ts'
import { reject } from '../outcome.ts'
import { fieldsOf, isFields, plainName } from '../values/fields.ts'
import { boolOf, numberOf } from '../values/text.ts'
import { eventFromPredict } from './event-from-predict.ts'

const columns: Readonly<Record<string, 'text' | 'number' | 'boolean'>> = {
  user_id: 'text',
  timestamp: 'text',
  ip_address: 'text',
  geo_location: 'text',
  device_id: 'text',
  login_hour: 'number',
  is_new_device: 'boolean',
  bytes_in: 'number',
  bytes_out: 'number',
  success: 'boolean',
}
const byPlainName = new Map(Object.keys(columns).map((name) => [plainName(name), name]))

/** Files with the columns of `POST /predict`; further columns, such as labels of a training set, are not read. */
export const predict: Connector = {
  format: 'predict',
  title: 'CSV or JSON with the columns of POST /predict',
  recognise(record) {
    if (!isFields(record)) return 0
    const names = new Set(Object.keys(record).map((key) => byPlainName.get(plainName(key))))
    if (!names.has('user_id') || !names.has('timestamp')) return 0
    if (names.has('ip_address') || names.has('device_id')) return 0.95
    // Names of people and times stand in logs of every kind.
    return names.size > (names.has(undefined) ? 3 : 2) ? 0.6 : 0
  },
  normalise(record, origin) {
    const body = bodyOf(record)
    if (body.timestamp === undefined && origin.mode === 'replay') {
      return reject('timestamp: needed in a file, e.g. 2024-05-01T12:00:00Z')
    }
    const parsed = PredictRequest.safeParse(body)
    if (!parsed.success) return reject(faults(parsed.error.issues))
    return eventFromPredict(parsed.data, origin.now)
  },
}

function bodyOf(record: unknown): Record<string, unknown> {
  const body: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(fieldsOf(record))) {
    const name = byPlainName.get(plainName(key))
    if (name === undefined || value === '' || value === null || body[name] !== undefined) continue
    body[name] = typeof value === 'string' ? readCell(value, columns[name]) : value
  }
  return body
}

/** What cannot be read stays as it is, for the schema to say what is wrong with it. */
function readCell(cell: string, kind: 'text' | 'number' | 'boolean' | undefined): unknown {
  if (kind === 'number') return numberOf(cell) ?? cell
  if (kind === 'boolean') return boolOf(cell) ?? cell
  return cell
}
