/** Adam's memory of slopes and of their squares (Kingma, Ba 2015). */
const FIRST = 0.9
const SECOND = 0.999

/** Gives steps of Adam: each moves `weights` down a gradient that was summed over so many samples. */
export function createAdam(
  weights: Float64Array,
  speed: number,
): (gradient: Float64Array, samples: number) => void {
  const slopes = new Float64Array(weights.length)
  const squares = new Float64Array(weights.length)
  let steps = 0
  return (gradient, samples) => {
    steps++
    const rate = (speed * Math.sqrt(1 - SECOND ** steps)) / (1 - FIRST ** steps)
    for (let i = 0; i < weights.length; i++) {
      const slope = (gradient[i] as number) / samples
      slopes[i] = FIRST * (slopes[i] as number) + (1 - FIRST) * slope
      squares[i] = SECOND * (squares[i] as number) + (1 - SECOND) * slope * slope
      weights[i] =
        (weights[i] as number) -
        (rate * (slopes[i] as number)) / (Math.sqrt(squares[i] as number) + 1e-8)
    }
  }
}
