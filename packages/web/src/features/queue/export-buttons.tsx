import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { failureWords } from '../../components/states.tsx'
import { text } from '../../text.ts'
import { csvOf } from './csv.ts'

/** Most rows of an export. */
const MOST = 10_000

interface ExportButtonsProps<Row> {
  /** The file's name without its ending. */
  readonly name: string
  /** One page, from where the one before ended. */
  readonly page: (
    cursor: string | undefined,
  ) => Promise<{ readonly rows: readonly Row[]; readonly next: string | undefined }>
  /** The columns of the CSV; the JSON has every field. */
  readonly columns: readonly (keyof Row & string)[]
}

/** Everything that the filter finds as a file, at most 10,000 rows. */
export function ExportButtons<Row extends object>({
  name,
  page,
  columns,
}: ExportButtonsProps<Row>) {
  const work = useMutation({
    mutationFn: async (kind: 'csv' | 'json') => {
      const rows: Row[] = []
      let cursor: string | undefined
      do {
        const part = await page(cursor)
        rows.push(...part.rows)
        cursor = part.next
      } while (cursor !== undefined && rows.length < MOST)
      const content = kind === 'csv' ? csvOf(rows, columns) : JSON.stringify(rows, null, 2)
      download(`${name}.${kind}`, content, kind === 'csv' ? 'text/csv' : 'application/json')
    },
  })
  return (
    <>
      {(['csv', 'json'] as const).map((kind) => (
        <Button
          key={kind}
          size="xs"
          variant="default"
          loading={work.isPending && work.variables === kind}
          onClick={() => work.mutate(kind)}
        >
          {text.queue.export[kind]}
        </Button>
      ))}
      {work.error && (
        <span className="confirm-error" role="alert">
          {failureWords(work.error).body}
        </span>
      )}
    </>
  )
}

function download(name: string, content: string, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  window.setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
