import type { AssessResponse, EventsResponse } from '@gatewatch/schema'
import type { FastifyInstance } from 'fastify'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { READ } from './caller.ts'
import { driftMetrics } from './drift-metrics.ts'
import type { ApiParts } from './parts.ts'

/** What routes tell the metrics. */
export interface Metrics {
  received(answer: EventsResponse): void
  assessed(answer: AssessResponse, milliseconds: number): void
  /** One reader of the live feed more (1) or fewer (-1). */
  liveReaders(change: 1 | -1): void
  liveDropped(count: number): void
}

/** `GET /metrics` for Prometheus. Labels are bounded: routes, methods, status classes, decisions, severities, never names or addresses. */
export function metricsRoute(
  app: FastifyInstance,
  { pipeline, deliveries }: Pick<ApiParts, 'pipeline' | 'deliveries'>,
): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  driftMetrics(registry, pipeline.models)
  const requests = new Histogram({
    name: 'gatewatch_http_request_seconds',
    help: 'Time to answer a request',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  })
  const events = new Counter({
    name: 'gatewatch_events_received_total',
    help: 'Events sent to /v1/events by what became of them',
    labelNames: ['result'],
    registers,
  })
  const verdicts = new Counter({
    name: 'gatewatch_verdicts_total',
    help: 'Events judged and stored, by decision',
    labelNames: ['decision'],
    registers,
  })
  const alerts = new Counter({
    name: 'gatewatch_alerts_total',
    help: 'Alerts raised, by severity',
    labelNames: ['severity'],
    registers,
  })
  new Counter({
    name: 'gatewatch_deliveries_total',
    help: 'Messages to channels, by kind of channel and what came of them',
    labelNames: ['channel', 'result'],
    registers,
    collect() {
      this.reset()
      for (const [counted, count] of deliveries()) {
        const [channel = '', result = ''] = counted.split(' ')
        this.inc({ channel, result }, count)
      }
    },
  })
  const assess = new Histogram({
    name: 'gatewatch_assess_seconds',
    help: 'Time from a parsed question to its answer',
    labelNames: ['decision', 'recorded'],
    buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 10],
    registers,
  })
  const readers = new Gauge({
    name: 'gatewatch_live_readers',
    help: 'Open connections of the live feed',
    registers,
  })
  new Gauge({
    name: 'gatewatch_stream_lag_events',
    help: 'Events published to the stream that no process has judged yet; NaN while it cannot be reached',
    registers,
    async collect() {
      this.set(await pipeline.lag().catch(() => Number.NaN))
    },
  })
  new Gauge({
    name: 'gatewatch_waiting_events',
    help: 'Events that wait in this process or are being committed by it',
    registers,
    collect() {
      this.set(pipeline.load())
    },
  })
  const dropped = new Counter({
    name: 'gatewatch_live_dropped_total',
    help: 'Verdicts left out of the live feed because a reader was too slow',
    registers,
  })

  app.addHook('onResponse', async (request, reply) => {
    requests.observe(
      {
        method: request.method,
        route: request.routeOptions.url ?? 'none',
        status: `${Math.floor(reply.statusCode / 100)}xx`,
      },
      reply.elapsedTime / 1000,
    )
  })
  const stop = pipeline.onCommit((committed) => {
    for (const [decision, count] of committed.decisions) verdicts.inc({ decision }, count)
    for (const { alert, isNew } of committed.alerts)
      if (isNew) alerts.inc({ severity: alert.severity })
  })
  app.addHook('onClose', async () => stop())

  app.get('/metrics', {
    config: { access: READ, local: 'always' },
    schema: { tags: ['health'], summary: 'Prometheus metrics; a key, or from this computer' },
    handler: async (_request, reply) => {
      reply.type(registry.contentType)
      return registry.metrics()
    },
  })

  return {
    received: (answer) => {
      for (const result of ['accepted', 'updated', 'duplicate', 'skipped', 'rejected'] as const) {
        if (answer[result] > 0) events.inc({ result }, answer[result])
      }
    },
    assessed: ({ decision, recorded }, milliseconds) =>
      assess.observe({ decision, recorded: String(recorded) }, milliseconds / 1000),
    liveReaders: (change) => readers.inc(change),
    liveDropped: (count) => dropped.inc(count),
  }
}
