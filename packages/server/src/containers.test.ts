import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { settings } from './config.ts'

const root = join(import.meta.dirname, '../../..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const Service = z.looseObject({
  image: z.string(),
  build: z.string().optional(),
  read_only: z.boolean().optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  ports: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  healthcheck: z.looseObject({ test: z.array(z.string()) }).optional(),
})
const Compose = z.looseObject({ services: z.record(z.string(), Service) })
const servicesOf = (file: string) => Compose.parse(parse(read(file), { merge: true })).services

test('the image runs as nobody in particular, from named versions, and says how it is', () => {
  const lines = read('Dockerfile').split('\n')
  const froms = lines.filter((line) => line.startsWith('FROM '))
  expect(froms).toHaveLength(2)
  for (const from of froms) expect(from).toMatch(/^FROM node:\d+\.\d+\.\d+-bookworm-slim/)
  expect(lines).toContain('USER 1000:1000')
  expect(lines.some((line) => line.startsWith('HEALTHCHECK '))).toBe(true)
  expect(lines.at(-2)).toBe('CMD ["serve"]')
})

test.each(['compose.yaml', 'compose.scale.yaml'])('%s gives nobody more than is needed', (file) => {
  const known = new Set(settings().map(({ variable }) => variable))
  for (const [name, service] of Object.entries(servicesOf(file))) {
    expect(service.security_opt, name).toContain('no-new-privileges:true')
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/)
    if (service.build === undefined) {
      expect(service.image).toMatch(/:\d+\.\d+/)
      expect(service.healthcheck, name).toBeDefined()
      continue
    }
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] })
    for (const variable of Object.keys(service.environment ?? {}))
      expect(known.has(variable), variable).toBe(true)
  }
})

test('many processes are an API and two workers on one database and one stream', () => {
  const { api, postgres, kafka, redis, ...workers } = servicesOf('compose.scale.yaml')
  expect(api?.command).toEqual(['serve', '--role', 'api'])
  expect(Object.values(workers).map(({ command }) => command)).toEqual(
    Array(2).fill(['serve', '--role', 'worker']),
  )
  for (const one of [postgres, kafka, redis]) expect(one).toBeDefined()
  const [first, second] = Object.values(workers).map(({ environment }) => environment)
  expect(first).toEqual(second)
  expect(api?.environment).toMatchObject(first ?? {})
})
