import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const kafkaJars = fileURLToPath(new URL('../node_modules/.cache/kafka', import.meta.url))

/**
 * @typedef {object} Tool a program outside npm that some tests use
 * @property {string} name
 * @property {string} variable environment variable that names its place, for tests and for people
 * @property {string | undefined} path where it is, undefined if it is not on this computer
 * @property {string} leftOut what a test run leaves out without it
 * @property {string} install how Debian gets it
 */

/**
 * The programs that tests use and npm does not bring.
 * @returns {Tool[]}
 */
export function findTools() {
  return [
    {
      name: 'Chromium',
      variable: 'CHROMIUM',
      path:
        existing(process.env.CHROMIUM) ?? onPath('chromium', 'chromium-browser', 'google-chrome'),
      leftOut: 'the browser tests (test/browser)',
      install: 'apt-get install chromium',
    },
    {
      name: 'PostgreSQL server',
      variable: 'POSTGRES_BIN',
      path: existing(process.env.POSTGRES_BIN) ?? debianPostgres(),
      leftOut: 'the tests against a PostgreSQL of the system; those on the embedded one run',
      install: 'apt-get install postgresql',
    },
    {
      name: 'Redis',
      variable: 'REDIS_SERVER',
      path: existing(process.env.REDIS_SERVER) ?? onPath('redis-server'),
      leftOut: 'the tests of the stream on Redis',
      install: 'apt-get install redis-server',
    },
    {
      name: 'Kafka on Java',
      variable: 'KAFKA_JARS',
      path: onPath('java') && (existing(process.env.KAFKA_JARS) ?? existing(kafkaJars)),
      leftOut: 'the tests of the stream on Kafka',
      install:
        'apt-get install default-jre-headless maven && mvn -q -B -f test/kafka/pom.xml dependency:copy-dependencies',
    },
  ]
}

/** @param {string | undefined} path */
function existing(path) {
  return path !== undefined && existsSync(path) ? path : undefined
}

/** @param {string[]} names */
function onPath(...names) {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : ['']
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const file of names.flatMap((name) => endings.map((ending) => name + ending))) {
      const path = join(folder, file)
      if (folder !== '' && existsSync(path)) return path
    }
  }
  return undefined
}

/** The folder with initdb and postgres of the newest major version that Debian's packages installed. */
function debianPostgres() {
  const home = '/usr/lib/postgresql'
  if (!existsSync(home)) return undefined
  return readdirSync(home)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(home, version, 'bin'))
    .find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')))
}
