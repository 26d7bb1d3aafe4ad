import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { cloudtrail } from '../connectors/aws-cloudtrail/normalise.ts'
import type { Storage } from '../ports/storage.ts'
import type { ArrivingEvent, TenantId } from '../ports/store.ts'
import { enrich, type Lookups } from './enrich.ts'
import { contentHash, eventKey } from './keys.ts'
import { createPipeline, type Pipeline } from './pipeline.ts'

const ACCOUNT = '111122223333'
const HOUR = 3_600_000
const DAY = 24 * HOUR
const START = Date.UTC(2026, 3, 1)
const DAYS = 28
const NOW = START + (DAYS + 2) * DAY
const PEOPLE = ['ada', 'bo', 'cy', 'di', 'ed', 'flo', 'gus', 'hal']

/** An office, whose network is the only one anybody uses, and a strange one. */
const OFFICE = '203.0.113.20'
const ELSEWHERE = '198.51.100.77'
const lookups: Lookups = {
  places: {
    find: (ip) =>
      ip === OFFICE
        ? {
            place: { country: 'SE', city: 'Uppsala', lat: 59.9, long: 17.6, provider: 'geoip' },
            asn: 64500,
          }
        : {
            place: { country: 'BR', city: 'Recife', lat: -8.1, long: -34.9, provider: 'geoip' },
            asn: 64511,
          },
    describe: () => null,
  },
  networks: { find: (_, asn) => ({ class: asn === 64500 ? 'unknown' : 'hosting' }) },
}

type Fields = Record<string, unknown>

/** A call as CloudTrail records it. */
interface Call {
  readonly identity: Fields
  readonly time: number
  readonly name: string
  readonly service: string
  readonly ip?: string
  readonly agent?: string
  readonly request?: Fields
  readonly response?: Fields
  readonly error?: string
}

let number = 0

function arriving(call: Call): ArrivingEvent {
  const { identity, time, name, service, ip = OFFICE, agent = 'aws-cli/2.15.40 linux' } = call
  number += 1
  const record = {
    eventVersion: '1.11',
    userIdentity: identity,
    eventTime: `${new Date(time).toISOString().slice(0, 19)}Z`,
    eventSource: `${service}.amazonaws.com`,
    eventName: name,
    awsRegion: 'eu-north-1',
    sourceIPAddress: ip,
    userAgent: agent,
    requestParameters: call.request ?? null,
    responseElements: call.response ?? null,
    ...(call.error === undefined ? {} : { errorCode: call.error }),
    eventID: `${call.service}-${number}`,
    eventType: 'AwsApiCall',
    recipientAccountId: ACCOUNT,
    eventCategory: 'Management',
  }
  const outcome = cloudtrail.normalise(record, { connector: 'suite', now: NOW, mode: 'replay' })
  if (outcome.kind !== 'ok') throw new Error(outcome.why)
  const event = outcome.value
  const enriched = enrich(event, lookups)
  const key = eventKey(event.source, event.uid)
  return { ...enriched, key, content: contentHash(event), backfill: false }
}

const user = (name: string, key?: string) => ({
  type: 'IAMUser',
  principalId: `AIDA${name.toUpperCase()}`,
  arn: `arn:aws:iam::${ACCOUNT}:user/${name}`,
  accountId: ACCOUNT,
  userName: name,
  ...(key === undefined ? {} : { accessKeyId: key }),
})

const role = (session: string, key: string, begun: number, name = 'Admin') => ({
  type: 'AssumedRole',
  principalId: `AROA${name.toUpperCase()}:${session}`,
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${name}/${session}`,
  accountId: ACCOUNT,
  accessKeyId: key,
  sessionContext: {
    sessionIssuer: {
      type: 'Role',
      principalId: `AROA${name.toUpperCase()}`,
      arn: `arn:aws:iam::${ACCOUNT}:role/${name}`,
      accountId: ACCOUNT,
      userName: name,
    },
    attributes: {
      creationDate: `${new Date(begun).toISOString().slice(0, 19)}Z`,
      mfaAuthenticated: 'false',
    },
  },
})

const signIn = (name: string, time: number, ip = OFFICE): Call => ({
  identity: user(name),
  ...{ time, ip, name: 'ConsoleLogin', service: 'signin', agent: 'Mozilla/5.0 Firefox/125.0' },
  response: { ConsoleLogin: 'Success' },
})

const assume = (
  identity: Fields,
  key: string,
  session: string,
  time: number,
  ip = OFFICE,
): Call => ({
  identity,
  ...{ time, ip, name: 'AssumeRole', service: 'sts' },
  request: { roleArn: `arn:aws:iam::${ACCOUNT}:role/Admin`, roleSessionName: session },
  response: {
    credentials: { accessKeyId: key, expiration: new Date(time + HOUR).toISOString() },
    assumedRoleUser: { assumedRoleId: `AROAADMIN:${session}` },
  },
})

/** What everybody does on a working day: sign in, take on a role named without imagination, read instances. */
function workday(name: string, day: number): Call[] {
  const begin = START + day * DAY + (7 + (name.charCodeAt(0) % 3)) * HOUR
  const key = `ASIA${name.toUpperCase()}${day}`
  const calls = ['DescribeInstances', 'DescribeVolumes', 'GetConsoleOutput', 'DescribeInstances']
  return [
    signIn(name, begin),
    assume(user(name, `AKIA${name.toUpperCase()}`), key, 'work', begin + 60_000),
    ...calls.map((call, index) => ({
      identity: role('work', key, begin + 60_000),
      time: begin + (index + 2) * 60_000,
      ...{ name: call, service: 'ec2' },
    })),
  ]
}

/** Whoever took over ada: signs in from elsewhere, takes on the role, makes a key, and uses it from yet elsewhere. */
function takeover(begin: number): Call[] {
  const minute = (n: number) => begin + n * 60_000
  const strange = { ip: ELSEWHERE, agent: 'python-requests/2.31' }
  const within = (n: number, service: string, name: string, more: Partial<Call> = {}): Call => ({
    identity: role('work', 'ASIASTOLEN', minute(1)),
    ...{ time: minute(n), service, name, ...strange, ...more },
  })
  const withKey = (n: number, service: string, name: string): Call => ({
    identity: user('ada', 'AKIANEW'),
    ...{ time: minute(n), service, name, ...strange, ip: '198.51.100.140' },
  })
  return [
    signIn('ada', begin, ELSEWHERE),
    assume(user('ada', 'ASIACONSOLE'), 'ASIASTOLEN', 'work', minute(1), ELSEWHERE),
    within(2, 'iam', 'ListUsers'),
    within(3, 'secretsmanager', 'ListSecrets'),
    within(4, 'secretsmanager', 'GetSecretValue', { request: { secretId: 'payroll' } }),
    within(5, 'iam', 'CreateAccessKey', {
      request: { userName: 'ada' },
      response: { accessKey: { accessKeyId: 'AKIANEW', userName: 'ada', status: 'Active' } },
    }),
    withKey(8, 's3', 'ListBuckets'),
    withKey(9, 'dynamodb', 'ListTables'),
    withKey(10, 'cloudtrail', 'StopLogging'),
    within(11, 'rds', 'CreateDBSnapshot'),
  ]
}

const ADA = `user:${ACCOUNT}/ada`

/** What the pipeline promises of credentials and sessions, over any storage: whose they are, in the words of CloudTrail. */
export function testLinkedEvents(
  name: string,
  open: (clock: () => number) => Promise<{ storage: Storage; close: () => Promise<void> }>,
): void {
  describe(`linked events on ${name}`, () => {
    let storage: Storage
    let close: () => Promise<void>
    let now = NOW
    let tenants = 0
    const running: Pipeline[] = []
    beforeAll(async () => {
      ;({ storage, close } = await open(() => now))
    })
    // each listens on a connection of its own
    afterEach(async () => {
      for (const pipeline of running.splice(0)) await pipeline.close()
    })
    afterAll(() => close())
    const start = () => {
      const clock = () => now
      const pipeline = createPipeline({
        ...storage,
        clock,
        onError: (error) => expect.fail(`${error}`),
      })
      running.push(pipeline)
      return pipeline
    }
    const fresh = async () => (await storage.accounts.ensureTenant(`linked ${tenants++}`, false)).id
    const entityOf = async (tenant: TenantId, { event }: ArrivingEvent) =>
      (await storage.reader.event(tenant, event.uid))?.verdict.entity
    const begun = START + DAYS * DAY + 2 * HOUR

    test('a sign-in, the role taken on, the key made and its use from elsewhere are one identity and one story', async () => {
      const tenant = await fresh()
      const pipeline = start()
      const history = Array.from({ length: DAYS }, (_, day) =>
        PEOPLE.flatMap((who) => workday(who, day)),
      )
      const calm = history.flat().map(arriving)
      for (let at = 0; at < calm.length; at += 200)
        await pipeline.publish(tenant, calm.slice(at, at + 200))
      const entities = await storage.reader.entities(tenant, { limit: 100 })
      expect(entities.map(({ entity }) => entity.key).sort()).toEqual(
        PEOPLE.map((who) => `user:${ACCOUNT}/${who}`),
      )
      const events = takeover(begun).map(arriving)
      for (const event of events) await pipeline.publish(tenant, [event])
      for (const event of events) expect(await entityOf(tenant, event)).toBe(ADA)
      const key = { identity: user('ada', 'AKIANEW'), ip: ELSEWHERE }
      const call = arriving({
        ...key,
        time: begun + HOUR / 2,
        service: 'ec2',
        name: 'RunInstances',
      })
      const within = arriving({
        identity: role('work', 'ASIASTOLEN', begun + 60_000),
        ...{ time: begun + HOUR / 2, service: 'ec2', name: 'RunInstances' },
      })
      for (const one of [call, within]) {
        expect((await pipeline.peek(tenant, one)).verdict.entity).toBe(ADA)
        expect(await storage.reader.event(tenant, one.event.uid)).toBeNull()
      }
      const { alerts } = await storage.reader.alerts(tenant, { limit: 100 })
      const late = alerts.filter(({ last_seen }) => last_seen >= begun)
      expect(new Set(late.map(({ entity }) => entity))).toEqual(new Set([ADA]))
      // The log was switched off with the key, the copy made in the role: only together are they this.
      expect(late.map(({ title }) => title)).toContain(
        'Logging or protection off, then a grave action: ada',
      )
    })

    test('nobody becomes another person by naming a session after them', async () => {
      const tenant = await fresh()
      const pipeline = start()
      const grace = {
        type: 'SAMLUser',
        principalId: 'idp=:grace@example.com',
        userName: 'grace@example.com',
        identityProvider: 'idp=',
      }
      const hers = arriving({
        ...assume(grace, 'ASIAGRACE', 'grace@example.com', begun),
        name: 'AssumeRoleWithSAML',
      })
      const herCall = arriving({
        identity: role('grace@example.com', 'ASIAGRACE', begun),
        ...{ time: begun + 5_000, service: 's3', name: 'ListBuckets' },
      })
      await pipeline.publish(tenant, [hers, herCall])
      expect(await entityOf(tenant, herCall)).toBe('user:grace@example.com')
      const forge = (session: string, key: string, time: number, service: string) =>
        arriving({ identity: role(session, key, time), time: time + 5_000, service, name: 'List' })
      const names = ['grace@example.com', 'ada', 'user:grace@example.com']
      for (const [index, session] of names.entries()) {
        const time = begun + (index + 1) * HOUR
        const key = `ASIAFORGED${index}`
        const early = forge(session, key, time, `early${index}`)
        await pipeline.publish(tenant, [early])
        const taken = arriving(assume(user('mallory', 'AKIAMALLORY'), key, session, time))
        const after = forge(session, key, time, `after${index}`)
        await pipeline.publish(tenant, [taken, after])
        expect(await entityOf(tenant, after)).toBe(`user:${ACCOUNT}/mallory`)
        expect(['user:grace@example.com', ADA]).not.toContain(await entityOf(tenant, early))
      }
    })

    test('a role taken on from a role leads to the person, in one batch and in any order', async () => {
      const tenant = await fresh()
      const second = assume(role('work', 'ASIAONE', begun), 'ASIATWO', 'hop', begun + 10_000)
      const calls = [
        {
          identity: role('hop', 'ASIATWO', begun + 10_000),
          time: begun + 20_000,
          service: 's3',
          name: 'List',
        },
        second,
        assume(user('ada', 'AKIAADA'), 'ASIAONE', 'work', begun),
      ].map(arriving)
      await start().publish(tenant, calls)
      for (const call of calls) expect(await entityOf(tenant, call)).toBe(ADA)
    })

    test('what came before its link stays with the role; what comes later finds it, in another process too', async () => {
      const tenant = await fresh()
      const [one, other] = [start(), start()]
      const call = (service: string) =>
        arriving({
          identity: role('work', 'ASIAONE', begun),
          time: begun + 9_000,
          service,
          name: 'List',
        })
      const [early, soon, later] = [call('early'), call('soon'), call('later')]
      await other.publish(tenant, [early])
      await one.publish(tenant, [
        arriving(assume(user('ada', 'AKIAADA'), 'ASIAONE', 'work', begun)),
      ])
      await one.publish(tenant, [soon])
      now += 6_000
      await other.publish(tenant, [later])
      now = NOW
      expect(await entityOf(tenant, early)).toBe(`role:${ACCOUNT}/admin`)
      expect(await entityOf(tenant, soon)).toBe(ADA)
      expect(await entityOf(tenant, later)).toBe(ADA)
    })

    test('an erased person is behind nothing any more', async () => {
      const tenant = await fresh()
      const pipeline = start()
      const call = (service: string) =>
        arriving({
          identity: role('work', 'ASIAONE', begun),
          ...{ time: begun + 9_000, service, name: 'List' },
        })
      const [before, after] = [call('before'), call('after')]
      const taken = arriving(assume(user('ada', 'AKIAADA'), 'ASIAONE', 'work', begun))
      await pipeline.publish(tenant, [taken, before])
      expect(await entityOf(tenant, before)).toBe(ADA)
      await pipeline.erase(tenant, ADA, 'me')
      await pipeline.publish(tenant, [after])
      expect(await entityOf(tenant, after)).toBe(`role:${ACCOUNT}/admin`)
    })

    test('calls of one tenant overtake no other, and none waits where there is nothing to ask for', async () => {
      const tenant = await fresh()
      const pipeline = start()
      const taken = arriving(assume(user('ada', 'AKIAADA'), 'ASIAONE', 'work', begun))
      const call = arriving({
        identity: role('work', 'ASIAONE', begun),
        time: begun + 1_000,
        service: 's3',
        name: 'List',
      })
      await Promise.all([pipeline.publish(tenant, [taken]), pipeline.publish(tenant, [call])])
      expect(await entityOf(tenant, call)).toBe(ADA)
      expect(pipeline.load()).toBe(0)
    })

    test('roles of services and machines, and of a refused call, stay what they are', async () => {
      const tenant = await fresh()
      const instance = role('i-0a1b2c3d4e5f60718', 'ASIAMACHINE', begun, 'web')
      const calls = [
        assume(
          { type: 'AWSService', invokedBy: 'ec2.amazonaws.com' },
          'ASIAMACHINE',
          'i-0a1b2c3d4e5f60718',
          begun,
        ),
        { identity: instance, time: begun + 1_000, service: 's3', name: 'List' },
        assume(instance, 'ASIANEXT', 'sync', begun + 2_000),
        {
          identity: role('sync', 'ASIANEXT', begun + 2_000),
          time: begun + 3_000,
          service: 's3',
          name: 'List',
        },
        { ...assume(user('ada', 'AKIAADA'), 'ASIAREFUSED', 'x', begun), error: 'AccessDenied' },
        {
          identity: role('x', 'ASIAREFUSED', begun),
          time: begun + 3_000,
          service: 's3',
          name: 'List',
        },
      ].map(arriving)
      await start().publish(tenant, calls)
      const found = await Promise.all(calls.map((call) => entityOf(tenant, call)))
      expect(found.slice(1)).toEqual([
        `role:${ACCOUNT}/web`,
        `role:${ACCOUNT}/web`,
        `role:${ACCOUNT}/admin`,
        ADA,
        `role:${ACCOUNT}/admin`,
      ])
    })
  })
}
