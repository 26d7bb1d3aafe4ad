import { PredictResponse } from '@gatewatch/schema'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { prediction } from './predict-route.ts'

const risk = fc.double({ min: 0, max: 100, noNaN: true })

describe('the answer of POST /predict', () => {
  it('has probabilities that add up to 1, and says Anomaly exactly from risk 40', () => {
    fc.assert(
      fc.property(risk, (value) => {
        const answer = prediction({ risk: value, reasons: [] })
        expect(PredictResponse.safeParse(answer).success).toBe(true)
        expect(answer.probability_normal + answer.probability_anomaly).toBeCloseTo(1, 12)
        expect(answer.anomaly).toBe(value >= 40 ? 1 : 0)
        expect(answer.prediction).toBe(value >= 40 ? 'Anomaly' : 'Normal')
        expect(answer.probability_anomaly >= 0.5).toBe(value >= 40)
      }),
      { examples: [[0], [40], [40 - 2 ** -47], [100]] },
    )
  })

  it('is more probable the higher the risk', () => {
    fc.assert(
      fc.property(risk, risk, (one, other) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)]
        const of = (value: number) => prediction({ risk: value, reasons: [] }).probability_anomaly
        expect(of(low)).toBeLessThanOrEqual(of(high))
      }),
    )
  })
})
