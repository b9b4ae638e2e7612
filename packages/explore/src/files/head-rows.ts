import { dataError } from '@fletching/columns/errors'
import { NdjsonDecoder } from '@fletching/ndjson'
import { keyOf } from '@fletching/storage'
import { csvBatches } from './csv-batches.ts'
import { isObject, parseJson } from './json-value.ts'
import { linesOf } from './lines.ts'
import { type InputOptions, type Opened, type OpenedText, openInput } from './open-input.ts'
import { folderValues, parquetRows } from './parquet-rows.ts'
import { type Rows, RowText } from './row-text.ts'

/**
 * The first rows at an address. Columns stand in the order in which they come up; those that an object or a line does not have are undefined
 * in it. Folders such as `dt=2019-05-18` are a column of Parquet.
 *
 * - Errors: those of `openInput`; NOT_JSON, LINE_TOO_LONG, BAD_CSV_RECORD and BAD_PARQUET (data), without content.
 */
export async function headRows(location: string, rowsMax: number, options: InputOptions = {}): Promise<Rows> {
  const parts: Rows[] = []
  let left = rowsMax
  for await (const opened of openInput(location, options)) {
    const part = await headOfObject(opened, location, left, options)
    parts.push(part)
    left -= part.rows.length
    if (left === 0) break
  }
  return union(parts)
}

async function headOfObject(opened: Opened, location: string, rowsMax: number, options: InputOptions): Promise<Rows> {
  switch (opened.form) {
    case 'parquet': {
      const { names, rows } = await parquetRows(opened, rowsMax)
      const folders = [...folderValues(location, keyOf(opened.object.location))].filter(
        ([name]) => !names.includes(name),
      )
      const values = folders.map(([, value]) => value)
      return {
        names: [...names, ...folders.map(([name]) => name)],
        rows: rows.map((row) => [...row, ...values]),
      }
    }
    case 'ndjson':
      return headOfLines(opened, rowsMax)
    case 'csv':
      return headOfCsv(opened, rowsMax, options)
  }
}

/** Values come as the texts in which they are written, since JavaScript's numbers would lose digits. */
async function headOfLines({ pieces, object }: OpenedText, rowsMax: number): Promise<Rows> {
  const parsed: Readonly<Record<string, unknown>>[] = []
  const texts: Uint8Array[] = []
  lines: for await (const lines of linesOf(pieces, object.name)) {
    for (const [n, text] of lines.texts.entries()) {
      const value = parseJson(text)
      if (!isObject(value)) throw notJson(object.name, lines.numbers[n])
      parsed.push(value)
      texts.push(text.slice(), LF)
      if (parsed.length === rowsMax) break lines
    }
  }
  const names = [...new Set(parsed.flatMap((value) => Object.keys(value)))]
  const type = { kind: 'json' } as const
  const rest = { type, required: false, unfit: 'null', output: true } as const
  const decoder = new NdjsonDecoder({ columns: names.map((name) => ({ name, path: [name], ...rest })), steps: [] })
  const batches = [...decoder.push(Buffer.concat(texts)), ...decoder.flush()].map(({ batch }) => batch)
  const columns = names.map((_, column) =>
    batches.flatMap((batch) => [...(batch.getChildAt(column) ?? [])] as unknown[]),
  )
  const valueAt = (row: number, column: number) => {
    const text = columns[column][row]
    if (typeof text === 'string') return new RowText(text)
    return Object.hasOwn(parsed[row], names[column]) ? null : undefined
  }
  return { names, rows: parsed.map((_, row) => names.map((_, column) => valueAt(row, column))) }
}

async function headOfCsv(opened: OpenedText, rowsMax: number, options: InputOptions): Promise<Rows> {
  const rows: unknown[][] = []
  let names: readonly string[] = []
  for await (const part of csvBatches(opened, options)) {
    names = part.names
    for (const batch of part.batches) {
      const wanted = Math.min(batch.numRows, rowsMax - rows.length)
      for (let row = 0; row < wanted; row++) rows.push(names.map((_, n) => batch.getChildAt(n)?.get(row) as unknown))
    }
    if (rows.length === rowsMax) break
  }
  return { names, rows }
}

/** Parts with the same columns are put one behind the other; otherwise columns are the same where their names are. */
function union(parts: readonly Rows[]): Rows {
  const [first, ...others] = parts
  if (others.every(({ names }) => names.join('\0') === first.names.join('\0'))) {
    return { names: first.names, rows: parts.flatMap(({ rows }) => rows) }
  }
  const names = [...new Set(parts.flatMap((part) => part.names))]
  return {
    names,
    rows: parts.flatMap((part) => {
      const places = names.map((name) => part.names.indexOf(name))
      return part.rows.map((row) => places.map((place) => row[place]))
    }),
  }
}

function notJson(name: string, line: number) {
  return dataError('NOT_JSON', 'the line is no JSON object', {
    at: `${name}, line ${line}`,
    help: 'fletching run --on-malformed quarantine sets such lines apart and says what is wrong with each',
  })
}

const LF = Uint8Array.of(0x0a)
