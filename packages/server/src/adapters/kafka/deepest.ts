/** The reason below the reasons: clients wrap what went wrong several times. */
export function deepest(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return deepest(error.errors[0])
  if (error instanceof Error && error.cause !== undefined) return deepest(error.cause)
  return error instanceof Error ? error.message : String(error)
}
