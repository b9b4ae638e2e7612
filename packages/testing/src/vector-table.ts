import assert from 'node:assert/strict'
import { DataType, type Vector } from 'apache-arrow'
import { type Form, forms, type Plain, valuesOf, vectorOf } from './vector-forms.ts'

/** The Arrow type of each column of a table. */
export type ColumnTypes = { readonly [name: string]: DataType }

/** The vectors that a function under test gets, by the names of its columns. */
export type Columns<T extends ColumnTypes> = { readonly [Name in keyof T]: Vector<T[Name]> }

/**
 * Makes a check of tables: each is run through `run` in all forms that vectors have, and the result is held against its column `out`.
 *
 * The first line names the columns, each further line is a row: `_` is null, `-` no row, `T` and `F` are bools, a text stands
 * bare or in JSON's quotes, lists and structs as JSON without blanks. A timestamp is its milliseconds, a date its days.
 *
 * @example
 * ```ts
 * const check = tableCheck({ a: new Int32(), mask: new Bool(), out: new Int32() }, ({ a, mask }) => filter(a, mask))
 * check(`
 *   a mask out
 *   1 T    1
 *   2 F    -
 * `)
 * ```
 */
export function tableCheck<T extends ColumnTypes>(
  types: T & { readonly out: DataType },
  run: (columns: Columns<T>) => Vector,
): (table: string) => void {
  return (table) => {
    const { out: expected, ...inputs } = readTable(table, types)
    const names = Object.keys(inputs)
    for (const choice of formChoices(names.length)) {
      const columns = names.map((name, i) => [name, vectorOf(types[name], inputs[name], choice[i])])
      const where = names.map((name, i) => `${name}: ${choice[i]}`).join(', ')
      sameColumn(() => run(Object.fromEntries(columns) as Columns<T>), types.out, expected, where)
    }
  }
}

/** Fails, with the place in front, unless the vector has the type (which a dictionary may hold) and the values. */
export function sameColumn(run: () => Vector, type: DataType, expected: readonly Plain[], where: string): void {
  try {
    const vector = run()
    assert.equal(String(plainType(vector.type)), String(type))
    for (const { length, nullCount, type: chunkType } of vector.data) {
      assert.equal(String(chunkType), String(vector.type))
      assert.ok(nullCount >= 0 && nullCount <= length)
    }
    assert.equal(vector.nullCount, expected.filter((value) => value === null).length, 'nullCount')
    assert.deepStrictEqual(valuesOf(vector), expected)
  } catch (error) {
    if (error instanceof Error) error.message = `${where}\n${error.message}`
    throw error
  }
}

/** For each of so many columns a form: all alike, and then each column in another. */
export function formChoices(columns: number): readonly (readonly Form[])[] {
  const alike = forms.map((form) => Array<Form>(columns).fill(form))
  if (columns < 2) return alike
  const mixed = forms.map((_, i) => Array.from({ length: columns }, (__, column) => forms[(i + column) % forms.length]))
  return [...alike, ...mixed]
}

/** The columns of a table as it stands in a test. */
export function readTable(table: string, types: ColumnTypes): { readonly [name: string]: readonly Plain[] } {
  const [head, ...rows] = table
    .split('\n')
    .map((line) => line.match(CELL) ?? [])
    .filter((cells) => cells.length > 0)
  assert.deepEqual(new Set(head), new Set(Object.keys(types)), 'the columns of the table')
  for (const row of rows) assert.equal(row.length, head.length, `cells in the row ${row.join(' ')}`)
  return Object.fromEntries(
    head.map((name, i) => [
      name,
      rows.filter((row) => row[i] !== '-').map((row) => (row[i] === '_' ? null : readCell(row[i], types[name]))),
    ]),
  )
}

function readCell(cell: string, type: DataType): Plain {
  if (DataType.isUtf8(type)) return cell.startsWith('"') ? (JSON.parse(cell) as string) : cell
  if (DataType.isBool(type)) {
    assert.ok(cell === 'T' || cell === 'F', `${cell} is no bool`)
    return cell === 'T'
  }
  if (DataType.isInt(type) && type.bitWidth === 64) return BigInt(cell)
  if (DataType.isList(type) || DataType.isStruct(type)) return JSON.parse(cell) as Plain
  const number = Number(cell)
  assert.ok(cell === 'NaN' || !Number.isNaN(number), `${cell} is no number`)
  return number
}

/** The type of the values, out of the dictionary. */
function plainType(type: DataType): DataType {
  return DataType.isDictionary(type) ? type.dictionary : type
}

const CELL = /(?:"(?:\\.|[^"\\])*"|[^\s"])+/g
