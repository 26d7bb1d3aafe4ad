import { InvalidArgumentError } from 'commander'

/** Reads a whole number of an option, from `low` to `high`. Throws what the command line tells people. */
export function whole(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (Number.isSafeInteger(value) && value >= low && value <= high) return value
    throw new InvalidArgumentError(`It must be a whole number from ${low} to ${high}.`)
  }
}
