import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

interface Locked {
  readonly packages: Readonly<
    Record<
      string,
      {
        readonly resolved?: string
        readonly optionalDependencies?: Readonly<Record<string, string>>
      }
    >
  >
}

const lock: Locked = JSON.parse(
  readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'),
)

test('the lockfile names no registry, so that each computer asks its own', () => {
  const addresses = Object.values(lock.packages).flatMap(({ resolved }) => resolved ?? [])
  expect(addresses.filter((address) => address.startsWith('http'))).toEqual([])
})

// npm leaves out of the lockfile what it cannot find while it writes, and npm ci then refuses it.
test('the lockfile holds the binaries of every system, not only of the one it was written on', () => {
  const paths = Object.keys(lock.packages)
  expect(paths.length).toBeGreaterThan(100)
  const absent = Object.values(lock.packages)
    .flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
    .filter((name) => !paths.some((path) => path.endsWith(`node_modules/${name}`)))
  expect(absent).toEqual([])
})
