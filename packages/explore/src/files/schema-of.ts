import { formatPath } from '@fletching/columns'
import { dataError } from '@fletching/columns/errors'
import { keyOf } from '@fletching/storage'
import { parquetSchema } from 'hyparquet'
import { csvBatches } from './csv-batches.ts'
import { isObject, parseJson } from './json-value.ts'
import { linesOf } from './lines.ts'
import { type InputOptions, type OpenedText, openInput } from './open-input.ts'
import { leavesOf } from './parquet-leaves.ts'
import { folderValues, parquetFooter } from './parquet-rows.ts'
import { kindOfField, Shape } from './shape.ts'

export interface SchemaColumn {
  /** As `properties.sku` or `products[].price`; a name with odd characters stands in backticks. */
  readonly column: string
  /** Every one that was seen, with ` | ` between. */
  readonly type: string
  /** Values that are not null; undefined for Parquet, of which only the footer is read. */
  readonly values: number | undefined
}

export interface SchemaFound {
  readonly columns: readonly SchemaColumn[]
  /** Lines that are no JSON object. */
  readonly malformed: number
}

/**
 * The columns of all objects at an address: of NDJSON and CSV what their values are, every one of which is read; of Parquet what the footers
 * say.
 *
 * - Memory: one entry for each path, of which there may be 10,000.
 * - Errors: those of `openInput`; TOO_MANY_PATHS, LINE_TOO_LONG, BAD_CSV_RECORD and BAD_PARQUET (data), without content.
 */
export async function schemaOf(location: string, options: InputOptions = {}): Promise<SchemaFound> {
  const shape = new Shape()
  const leaves = new Map<string, Set<string>>()
  let malformed = 0
  for await (const opened of openInput(location, options)) {
    if (opened.form !== 'parquet') malformed += await addShape(shape, opened, options)
    else {
      const tree = parquetSchema(await parquetFooter(opened))
      for (const [path, type] of leavesOf(tree)) typesAt(leaves, path).add(type)
      for (const name of folderValues(location, keyOf(opened.object.location)).keys()) typesAt(leaves, name).add('text')
    }
  }
  const ofParquet = [...leaves].map(([column, types]) => ({ column, type: [...types].join(' | '), values: undefined }))
  return { columns: [...ofParquet, ...columnsOf(shape)], malformed }
}

/** Adds what an object of lines or of records holds, and gives the lines that are no JSON object. */
export async function addShape(shape: Shape, opened: OpenedText, options: InputOptions): Promise<number> {
  if (opened.form === 'ndjson') return addLines(shape, opened)
  for await (const { names, batches } of csvBatches(opened, options)) {
    const members = names.map((name) => shape.member(name))
    for (const batch of batches) {
      for (const [column, member] of members.entries()) {
        for (const text of batch.getChildAt(column) ?? [])
          if (text !== null) member.addKind(kindOfField(text as string))
      }
    }
  }
  return 0
}

/** Adds what lines hold, and gives those that are no JSON object. */
export async function addLines(shape: Shape, { pieces, object }: OpenedText): Promise<number> {
  let malformed = 0
  for await (const { texts } of linesOf(pieces, object.name)) {
    for (const text of texts) {
      const value = parseJson(text)
      if (isObject(value)) shape.add(value)
      else malformed++
    }
    assertBounded(shape, object.name)
  }
  return malformed
}

function columnsOf(shape: Shape): SchemaColumn[] {
  const found: SchemaColumn[] = []
  const add = (member: Shape, path: string) => {
    found.push({ column: path, type: [...member.kinds].sort().join(' | ') || 'null', values: member.values })
    below(member, path)
  }
  const below = (parent: Shape, path: string) => {
    for (const [name, member] of parent.members) {
      add(member, path === '' ? formatPath([name]) : `${path}.${formatPath([name])}`)
    }
    if (parent.element !== undefined) add(parent.element, `${path}[]`)
  }
  below(shape, '')
  return found
}

function typesAt(leaves: Map<string, Set<string>>, path: string): Set<string> {
  const types = leaves.get(path) ?? new Set()
  leaves.set(path, types)
  return types
}

function assertBounded(shape: Shape, name: string): void {
  if (pathCount(shape) <= PATHS_MAX) return
  throw dataError('TOO_MANY_PATHS', `there are more than ${PATHS_MAX} different paths`, {
    at: name,
    help: 'some object has ids as its keys; a job reads it as one JSON text',
  })
}

function pathCount(shape: Shape): number {
  let count = shape.element === undefined ? 0 : 1 + pathCount(shape.element)
  for (const member of shape.members.values()) count += 1 + pathCount(member)
  return count
}

const PATHS_MAX = 10_000
