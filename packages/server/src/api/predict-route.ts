import { PredictRequest, PredictResponse, type Verdict } from '@gatewatch/schema'
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { fault } from '../errors.ts'
import { arriving } from './arriving.ts'
import { callerOf, SEND } from './caller.ts'
import type { ApiParts } from './parts.ts'

/** Risk from which `POST /predict` says "Anomaly": at most 1 benign event in 40 is as strange (10^(-40/25)). */
const ANOMALY_RISK = 40

/** `POST /predict`: the shape that callers of common demo APIs know, answered by the same engine. */
export function predictRoute(app: FastifyInstance, parts: ApiParts): void {
  app.withTypeProvider<ZodTypeProvider>().post('/predict', {
    config: {
      access: SEND,
      local: 'demo',
      budget: 'send',
    },
    schema: {
      tags: ['events'],
      summary: 'Normal or anomaly?',
      description: `Takes raw fields (user_id, timestamp, ip_address, ...) or encoded ones (user_encoded, ip_encoded, hour, day_of_week with 0 Monday). anomaly is 1, and prediction "Anomaly", exactly when risk is ${ANOMALY_RISK} or more, that is when at most 1 benign event in 40 is as strange. probability_anomaly rises with risk, from 0 at risk 0 over 0.5 where Anomaly begins to 1 at risk 100; probability_normal is the rest to 1. is_new_device and login_hour are claims of the caller and weigh little. Nothing is stored or learned unless learn is true. While the demo plays, requests from this computer need no key.`,
      body: PredictRequest,
      response: { 200: PredictResponse },
    },
    handler: async (request) => {
      const { tenant } = callerOf(request)
      const event = parts.intake.fromPredict(request.body, parts.now())
      if (event.kind !== 'ok') throw fault('invalid_request', event.why)
      const coming = arriving(parts, event.value)
      if (request.body.learn === true)
        return prediction(await parts.pipeline.assess(tenant, coming))
      return prediction((await parts.pipeline.peek(tenant, coming)).verdict)
    },
  })
}

/**
 * The verdict in the words of `POST /predict`. `probability_anomaly` rises with risk, in two straight lines: 0 at risk 0,
 * 0.5 where "Anomaly" begins, 1 at risk 100.
 */
export function prediction({ risk, reasons }: Pick<Verdict, 'risk' | 'reasons'>): PredictResponse {
  const anomaly = risk >= ANOMALY_RISK
  const probability = anomaly
    ? 0.5 + (0.5 * (risk - ANOMALY_RISK)) / (100 - ANOMALY_RISK)
    : (0.5 * risk) / ANOMALY_RISK
  return {
    anomaly: anomaly ? 1 : 0,
    probability_normal: 1 - probability,
    probability_anomaly: probability,
    prediction: anomaly ? 'Anomaly' : 'Normal',
    risk,
    reasons,
  }
}
