import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { ChannelSettings, Notice } from '@gatewatch/schema'
import type { Message, Sent } from '../../ports/courier.ts'
import type { HostGuard } from './guard.ts'
import { messageOf, post } from './post.ts'

/** An alert's notice as a detection finding of OCSF; null where the alert is gone. */
export type FindingOf = (
  tenant: number,
  notice: Extract<Notice, { about: 'alert' }>,
) => Promise<object | null>

/**
 * Writes a message's alerts as detection findings: a line each at the end of a file in the tenant's folder of `folder`, or posted to
 * an address, one as an object, several as a list. News of channels are not written; a test touches the file, or posts an empty list.
 */
export async function sendOcsf(
  guard: HostGuard,
  settings: Extract<ChannelSettings, { kind: 'ocsf' }>,
  message: Message,
  findingOf: FindingOf,
  folder: string,
): Promise<Sent> {
  try {
    const findings: object[] = []
    for (const notice of message.notices) {
      const finding = notice.about === 'alert' ? await findingOf(message.tenantId, notice) : null
      if (finding !== null) findings.push(finding)
    }
    const isTest = message.notices[0].about === 'test'
    if (findings.length === 0 && !isTest) return { kind: 'sent' }
    const { url, file, authorization, ca } = settings
    if (url !== undefined) {
      const [only, ...others] = findings
      const body = JSON.stringify(only !== undefined && others.length === 0 ? only : findings)
      const headers = {
        'content-type': 'application/json',
        ...(authorization === undefined ? {} : { authorization }),
      }
      return await post(guard, { url, ca, headers, body })
    }
    const own = join(folder, String(message.tenantId))
    await mkdir(own, { recursive: true })
    await append(join(own, file ?? 'findings.ndjson'), findings)
    return { kind: 'sent' }
  } catch (error) {
    return { kind: 'failed', why: messageOf(error) }
  }
}

/** Resolves when the lines are on disk. */
async function append(path: string, findings: readonly object[]): Promise<void> {
  const file = await open(path, 'a', 0o640)
  try {
    await file.appendFile(findings.map((finding) => `${JSON.stringify(finding)}\n`).join(''))
    await file.sync()
  } finally {
    await file.close()
  }
}
