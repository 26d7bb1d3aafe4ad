import { catalogue } from '@gatewatch/engine'
import type { Contender } from './contenders.ts'

/** One weight for each term of the catalogue, one for the findings, and the bias. */
const WIDTH = catalogue.length + 2
const RATE = 0.05
/** Kept attacks that are gone over again at each sign-in, and what each counts against a benign one. */
const AGAIN = 2
const AGAIN_WEIGHT = 0.1
const RESTRAINT = 1e-6

/**
 * The bound: a head of the shipped form (weights of the same terms, none below 0) that is told the truth of every sign-in
 * right after it was scored, and learns from it by AdaGrad (Duchi et al. 2011). No product can have this: it is here to say
 * how much of what the terms can give the label-free weights reach. It never hears of `leftOut`.
 */
export function createOracle(name: string, seed: number, leftOut?: string): Contender {
  const weights = Float64Array.from({ length: WIDTH }, (_, k) => catalogue[k]?.weight ?? 1)
  weights[WIDTH - 1] = -5
  const squares = new Float64Array(WIDTH).fill(1e-2)
  const attacks: Float64Array[] = []
  let last = new Float64Array(WIDTH)
  let dice = seed >>> 0

  function scoreOf(vector: Float64Array): number {
    let sum = 0
    for (let k = 0; k < WIDTH; k++) sum += (weights[k] ?? 0) * (vector[k] ?? 0)
    return sum
  }

  function step(vector: Float64Array, target: 0 | 1, weight: number): void {
    const off = weight * (1 / (1 + Math.exp(-scoreOf(vector))) - target)
    for (let k = 0; k < WIDTH; k++) {
      const slope = off * (vector[k] ?? 0) + RESTRAINT * (weights[k] ?? 0)
      squares[k] = (squares[k] ?? 0) + slope * slope
      const next = (weights[k] ?? 0) - (RATE * slope) / Math.sqrt(squares[k] ?? 1)
      weights[k] = k === WIDTH - 1 ? next : Math.max(0, next)
    }
  }
  return {
    name,
    score(_, { raw, findings }) {
      last = new Float64Array(WIDTH)
      last.set(raw)
      last[WIDTH - 2] = findings.reduce((sum, one) => sum + one.points, 0)
      last[WIDTH - 1] = 1
      return scoreOf(last)
    },
    teach({ label }) {
      if (label === leftOut) return
      if (label === 'benign') step(last, 0, 1)
      else attacks.push(last)
      for (let n = 0; n < AGAIN && attacks.length > 0; n++) {
        dice = (Math.imul(dice, 1664525) + 1013904223) >>> 0
        const again = attacks[Math.floor((dice / 2 ** 32) * attacks.length)]
        if (again !== undefined) step(again, 1, AGAIN_WEIGHT)
      }
    },
  }
}
