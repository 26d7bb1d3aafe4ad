import { Question } from '@gatewatch/schema'
import type pg from 'pg'
import type { Questions } from '../../ports/questions.ts'
import { plainText } from './arrays.ts'
import { inTenant } from './in-tenant.ts'

/** Questions in PostgreSQL. */
export function postgresQuestions(pool: pg.Pool): Questions {
  const read = (tenant: number, where: string, value: string) =>
    inTenant(pool, tenant, async (client) => {
      const { rows } = await client.query(
        `select id::text, replace(alert::text, '-', '') as alert, entity, asked, by, expires, sent_to,
           answer, answered, counted, why
         from question where tenant = $1 and ${where} order by asked desc, id`,
        [tenant, value],
      )
      return rows.map((row) => Question.parse(row))
    })
  return {
    add: (tenant, one) =>
      inTenant(pool, tenant, async (client) => {
        await client.query(
          `insert into question (tenant, id, alert, entity, asked, by, expires, sent_to, counted)
           values ($1, $2::uuid, $3::uuid, $4, $5, $6, $7, $8, false)`,
          [
            tenant,
            one.id,
            one.alert,
            plainText(one.entity),
            one.asked,
            plainText(one.by),
            one.expires,
            one.sent_to === null ? null : plainText(one.sent_to),
          ],
        )
      }),
    get: async (tenant, id) =>
      isId(id) ? ((await read(tenant, 'id = $2::uuid', id))[0] ?? null) : null,
    of: async (tenant, alert) => (isId(alert) ? read(tenant, 'alert = $2::uuid', alert) : []),
    answer: (tenant, id, { answer, answered, why }) =>
      inTenant(pool, tenant, async (client) => {
        if (!isId(id)) return false
        const { rowCount } = await client.query(
          `update question set answer = $3, answered = $4, why = $5
           where tenant = $1 and id = $2::uuid and answer is null`,
          [tenant, id, answer, answered, why === null ? null : plainText(why)],
        )
        return rowCount === 1
      }),
    count: (tenant, id) =>
      inTenant(pool, tenant, async (client) => {
        await client.query(
          'update question set counted = true, why = null where tenant = $1 and id = $2::uuid',
          [tenant, id],
        )
      }),
  }
}

function isId(text: string): boolean {
  return /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/.test(text)
}
