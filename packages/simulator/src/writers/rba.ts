import type { AccessEvent } from '@gatewatch/schema'
import { hash } from '../random.ts'
import type { SimulatedEvent } from '../truth.ts'
import type { Piece } from './piece.ts'

const HEADER =
  'index,Login Timestamp,User ID,Round-Trip Time [ms],IP Address,Country,Region,City,ASN,User Agent String,Browser Name and Version,OS Name and Version,Device Type,Login Successful,Is Attack IP,Is Account Takeover\n'

/** The sign-ins of a stream as the 16 columns of the public RBA data set. The last two columns are labels, as there. */
export function* writeRba(events: Iterable<SimulatedEvent>): Generator<Piece> {
  yield { text: HEADER }
  let index = 0
  for (const { event, truth } of events) {
    const stage = event.auth?.stage
    if (event.class_uid !== 3002 || (stage !== 'primary' && stage !== 'session')) continue
    const isAttack = truth.label !== 'benign'
    yield {
      text: row(event, index, isAttack),
      row: { uid: String(index), truth },
    }
    index++
  }
}

function row(event: AccessEvent, index: number, isAttack: boolean): string {
  const { src, device } = event
  const succeeded = event.status_id === 1
  const fields = [
    index,
    new Date(event.time).toISOString().replace('T', ' ').replace('Z', ''),
    userNumber(event.actor.key ?? ''),
    '',
    src.ip,
    src.location?.country,
    src.location?.region,
    src.location?.city,
    src.autonomous_system?.number,
    event.user_agent,
    device?.browser,
    device?.os,
    device?.type,
    truthValue(succeeded),
    truthValue(isAttack),
    truthValue(isAttack && succeeded),
  ]
  return `${fields.map(quoted).join(',')}\n`
}

function truthValue(value: boolean): string {
  return value ? 'True' : 'False'
}

/** A field as RFC 4180 wants it. */
function quoted(field: string | number | undefined): string {
  const text = field === undefined ? '-' : String(field)
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** A signed 64-bit number for an identity, as that data set has them. */
function userNumber(key: string): string {
  const codes = [...key].map((letter) => letter.charCodeAt(0))
  const high = BigInt(hash(1, ...codes))
  return BigInt.asIntN(64, (high << 32n) | BigInt(hash(2, ...codes))).toString()
}
