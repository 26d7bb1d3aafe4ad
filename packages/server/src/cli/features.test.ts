import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { featuresCommand } from './features.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatewatch-features-'))
afterAll(() => rmSync(folder, { recursive: true }))
const samples = fileURLToPath(new URL('../../../../samples/okta.ndjson', import.meta.url))

async function features(...args: string[]): Promise<void> {
  const command = featuresCommand().exitOverride()
  await command.parseAsync([samples, ...args], { from: 'user' })
}

describe('gatewatch features', () => {
  test('writes Parquet that Apache Arrow reads as it reads the CSV', async (context) => {
    const [csv, parquet] = [join(folder, 'f.csv'), join(folder, 'f.parquet')]
    await features('--out', csv)
    await features('--out', parquet)
    expect(readFileSync(parquet).subarray(0, 4).toString()).toBe('PAR1')
    if (spawnSync('python3', ['-c', 'import pyarrow']).status !== 0)
      context.skip(
        'Python with pyarrow is absent: nothing but our own library has read the Parquet',
      )
    const { status, stdout, stderr } = spawnSync('python3', ['-c', READ, parquet, csv])
    expect(status, stderr.toString()).toBe(0)
    const { rows, columns, types, different } = JSON.parse(stdout.toString())
    const lines = readFileSync(csv, 'utf8').trimEnd().split('\n')
    expect(rows).toBe(lines.length - 1)
    expect(columns).toEqual(lines[0]?.split(','))
    expect(types).toEqual({ uid: 'string', score: 'double' })
    expect(different).toEqual([])
  })

  test('says what to do where the ending tells no format', async () => {
    await expect(features('--out', join(folder, 'f.txt'))).rejects.toThrow('.csv or .parquet')
  })
})

/** Both tables as Arrow reads them: numbers of the CSV have seven digits. */
const READ = `
import json, math, sys
import pyarrow.parquet, pyarrow.csv
p = pyarrow.parquet.read_table(sys.argv[1])
text = {n: pyarrow.string() for n in p.column_names if p.schema.field(n).type == pyarrow.string()}
number = {n: pyarrow.float64() for n in p.column_names if n not in text}
c = pyarrow.csv.read_csv(sys.argv[2], convert_options=pyarrow.csv.ConvertOptions(column_types=text | number))
same = lambda a, b: a == b or (isinstance(a, float) and isinstance(b, float) and math.isclose(a, b, rel_tol=1e-6))
print(json.dumps({
    'rows': p.num_rows,
    'columns': p.column_names,
    'types': {n: str(p.schema.field(n).type) for n in ['uid', 'score']},
    'different': [n for n in p.column_names if not all(map(same, p[n].to_pylist(), c[n].to_pylist()))],
}))
`
