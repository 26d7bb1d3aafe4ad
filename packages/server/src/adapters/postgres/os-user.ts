import { readFile, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/** A user of the operating system. */
export interface OsUser {
  readonly uid: number
  readonly gid: number
  readonly name: string
}

/**
 * The user that PostgreSQL runs as: null for ourselves. PostgreSQL refuses to run as root, so root hands it to the
 * owner of an existing data folder, else to `postgres` where there is such a user, else to `nobody`.
 */
export async function databaseUser(dataFolder: string): Promise<OsUser | null> {
  if (process.getuid?.() !== 0) return null
  const users = parseUsers(await readFile('/etc/passwd', 'utf8'))
  const owner = await stat(dataFolder).catch(() => null)
  if (owner !== null && owner.uid !== 0) {
    const name = users.find(({ uid }) => uid === owner.uid)?.name
    if (name !== undefined) return { uid: owner.uid, gid: owner.gid, name }
  }
  for (const wanted of ['postgres', 'nobody']) {
    const found = users.find(({ name, uid }) => name === wanted && uid > 0)
    if (found !== undefined) return found
  }
  throw new Error(
    'PostgreSQL does not run as root, and this system has neither a user postgres nor nobody. Start as another user, or set DATABASE_URL.',
  )
}

/** The lines of /etc/passwd that are well formed. */
export function parseUsers(text: string): readonly OsUser[] {
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':')
    if (name === undefined || !/^\d+$/.test(uid ?? '') || !/^\d+$/.test(gid ?? '')) return []
    return [{ name, uid: Number(uid), gid: Number(gid) }]
  })
}

/** May the user pass through every folder on the way to this existing one, and into it? By mode bits. */
export async function canEnter(folder: string, user: OsUser): Promise<boolean> {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const { mode, uid, gid } = await stat(at)
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001
    if ((mode & bit) === 0) return false
    if (at === dirname(at)) return true
  }
}
