import { z } from 'zod'

/** What somebody answers who is asked whether an event was theirs. */
export const ANSWERS = ['me', 'not_me'] as const
export const Answer = z.enum(ANSWERS)
export type Answer = z.infer<typeof Answer>

/** An identity that was asked, by a link that can be used once, whether the event of an alert was its own. Times in ms, UTC. */
export const Question = z.object({
  id: z.string(),
  alert: z.string(),
  entity: z.string(),
  asked: z.number(),
  by: z.string(),
  expires: z.number(),
  sent_to: z.string().nullable().describe('address it was mailed to; null: the link was fetched'),
  answer: Answer.nullable(),
  answered: z.number().nullable(),
  counted: z
    .boolean()
    .describe(
      'was the answer taken as a verdict? never where it may come from the visitor asked about',
    ),
  why: z.string().nullable().describe('why an answer was not counted'),
})
export type Question = z.infer<typeof Question>

/** Body of `POST /v1/alerts/:id/questions`. */
export const QuestionRequest = z.strictObject({
  minutes: z.number().int().min(5).max(10_080).default(1_440).describe('how long the link works'),
  channel: z
    .string()
    .max(64)
    .optional()
    .describe("id of an e-mail channel: mails the link to the identity's own address through it"),
})
export type QuestionRequest = z.infer<typeof QuestionRequest>

/** Its answer. The link is shown this once. */
export const QuestionCreated = Question.extend({
  url: z.string().nullable().describe('null: it was mailed, and nobody else needs it'),
})
export type QuestionCreated = z.infer<typeof QuestionCreated>

/** `GET /v1/alerts/:id/questions`, newest first. */
export const QuestionList = z.object({ questions: z.array(Question) })
export type QuestionList = z.infer<typeof QuestionList>
