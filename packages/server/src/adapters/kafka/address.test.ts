import { expect, test } from 'vitest'
import { parseKafkaUrl } from './address.ts'

test('hosts alone are enough; a host without a port has the usual one', () => {
  expect(parseKafkaUrl('kafka://a:1,b')).toEqual({
    bootstrapBrokers: ['a:1', 'b:9092'],
    topic: 'gatewatch-events',
    partitions: 16,
    replicas: -1,
  })
})

test('user, password, mechanism, TLS, topic and its size are read', () => {
  const url = 'kafkas://me:p%40ss@a:9093/mine?partitions=32&replicas=3&sasl=SCRAM-SHA-512'
  expect(parseKafkaUrl(url)).toEqual({
    bootstrapBrokers: ['a:9093'],
    topic: 'mine',
    partitions: 32,
    replicas: 3,
    tls: {},
    sasl: { mechanism: 'SCRAM-SHA-512', username: 'me', password: 'p@ss' },
  })
})

test.each([
  ['kafka://', /must be like/],
  ['redis://a', /must be like/],
  ['kafka://a?sasl=none', /sasl is one of/],
  ['kafka://a?partitions=0', /partitions is a whole number/],
  ['kafka://a?replicas=many', /replicas is a whole number/],
])('%s is refused, and says why', (url, reason) => {
  expect(() => parseKafkaUrl(url)).toThrow(reason)
})
