import { closeSync, openSync, writeSync } from 'node:fs'
import { fileWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer'
import type { Cell, Column } from './feature-row.ts'

/** A table that is written row by row. */
export interface TableFile {
  add(row: readonly Cell[]): void
  close(): void
}

/** Rows that are held before they are written. */
const HELD = 20_000
const CSV_HELD = 1_000_000

/** A CSV file (RFC 4180); unknown numbers are empty, numbers have at most seven digits. Throws where it cannot be opened. */
export function openCsv(path: string, columns: readonly Column[]): TableFile {
  const file = openSync(path, 'w')
  let text = `${columns.map(({ name }) => name).join(',')}\n`
  const flush = () => {
    writeSync(file, text)
    text = ''
  }
  return {
    add(row) {
      text += `${row.map(csvCell).join(',')}\n`
      if (text.length > CSV_HELD) flush()
    },
    close() {
      flush()
      closeSync(file)
    },
  }
}

function csvCell(cell: Cell): string {
  if (typeof cell === 'number') return Number.isNaN(cell) ? '' : String(Number(cell.toPrecision(7)))
  // a sheet would run what begins like a formula
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** A Parquet file, texts as UTF-8 and numbers as doubles, unknown ones null. Throws where it cannot be opened. */
export function openParquet(path: string, columns: readonly Column[]): TableFile {
  let held: (readonly Cell[])[] = []
  const columnData = () =>
    columns.map(({ name, kind }, c) => ({
      name,
      type: kind === 'text' ? ('STRING' as const) : ('DOUBLE' as const),
      nullable: kind === 'number',
      data: held.map((row) => {
        const cell = row[c] ?? ''
        return typeof cell === 'number' && Number.isNaN(cell) ? null : cell
      }),
    }))
  // the file is made by the writer at the end: a wrong path is to be told now
  closeSync(openSync(path, 'w'))
  const writer = new ParquetWriter({
    writer: fileWriter(path),
    schema: schemaFromColumnData({ columnData: columnData() }),
  })
  const flush = () => {
    if (held.length > 0) writer.write({ columnData: columnData(), rowGroupSize: HELD })
    held = []
  }
  return {
    add(row) {
      held.push(row)
      if (held.length >= HELD) flush()
    },
    close() {
      flush()
      writer.finish()
    },
  }
}
