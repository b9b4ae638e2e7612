import { hashBytes, isValid, sameBytes } from '@fletching/columns'
import { type Data, DataType, type RecordBatch, type Schema, type Utf8 } from 'apache-arrow'

/**
 * Chooses the columns whose pages are worth a dictionary: those that have one already, and texts of which at most a quarter of the
 * rows are distinct. A dictionary over nearly distinct texts costs time and bytes.
 *
 * All rows of the row group count, so the choice is a function of the data alone. A sample would miss texts that repeat
 * far apart, such as the items of a catalogue.
 *
 * - Nulls: drop; they count as rows.
 */
export function dictionaryColumns(schema: Schema, batches: readonly RecordBatch[]): Set<string> {
  const chosen = schema.fields.filter(({ type }, column) => {
    if (DataType.isDictionary(type)) return true
    return DataType.isUtf8(type) && repeats(batches.map((batch) => batch.data.children[column] as Data<Utf8>))
  })
  return new Set(chosen.map((field) => field.name))
}

/** Counts distinct texts in an open hash table of places, until there are too many. */
function repeats(chunks: readonly Data<Utf8>[]): boolean {
  const most = Math.floor(chunks.reduce((sum, { length }) => sum + length, 0) / 4)
  const mask = 2 ** Math.ceil(Math.log2(2 * most + 2)) - 1
  const hashes = new Int32Array(mask + 1)
  const rows = new Int32Array(mask + 1)
  /** The chunk of each entry, counted from 1; 0 is a free place. */
  const owners = new Int32Array(mask + 1)
  let distinct = 0
  for (const [index, data] of chunks.entries()) {
    for (let row = 0; row < data.length; row++) {
      if (!isValid(data, row)) continue
      const hash = hashBytes(data.values, data.valueOffsets[row], data.valueOffsets[row + 1])
      let at = hash & mask
      while (owners[at] > 0 && !(hashes[at] === hash && isSameText(chunks[owners[at] - 1], rows[at], data, row))) {
        at = (at + 1) & mask
      }
      if (owners[at] > 0) continue
      if (++distinct > most) return false
      hashes[at] = hash
      rows[at] = row
      owners[at] = index + 1
    }
  }
  return true
}

function isSameText(a: Data<Utf8>, rowA: number, b: Data<Utf8>, rowB: number): boolean {
  return sameBytes(
    a.values,
    a.valueOffsets[rowA],
    a.valueOffsets[rowA + 1],
    b.values,
    b.valueOffsets[rowB],
    b.valueOffsets[rowB + 1],
  )
}
