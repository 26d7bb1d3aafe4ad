import type { z } from 'zod'

/** What is wrong with a value, field by field, in one line of at most 500 characters. */
export function describeIssues(error: z.ZodError): string {
  return error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join('.') || 'the record'}: ${issue.message}`)
    .join('; ')
    .slice(0, 500)
}
