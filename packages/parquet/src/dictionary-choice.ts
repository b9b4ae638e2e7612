import { hashBytes, isValid, sameBytes } from '@fletching/columns'
import { type Data, DataType, type RecordBatch, type Schema, type Utf8 } from 'apache-arrow'

/**
 * Chooses the columns whose pages are worth a dictionary: those that have one already, and texts of which at most a quarter of the
 * rows are distinct. A dictionary over nearly distinct texts costs time and bytes.
 *
 * The choice is a function of the data alone. Where every so many rows show it clearly, they decide; where they do not, all rows of the row
 * group count, since a sample would miss texts that repeat far apart, such as the items of a catalogue.
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

function repeats(chunks: readonly Data<Utf8>[]): boolean {
  const rows = chunks.reduce((sum, { length }) => sum + length, 0)
  const most = Math.floor(rows / 4)
  const step = Math.floor(rows / SAMPLE_ROWS)
  if (step > 1) {
    // What the sample would show if a quarter of the rows were distinct; half of that is far from it.
    const sampled = rows / step
    const expected = most * (1 - Math.exp(-sampled / most))
    if (countDistinct(chunks, step, expected / 2) <= expected / 2) return true
  }
  return countDistinct(chunks, 1, most) <= most
}

/** Counts the distinct texts of every `step`th row in an open hash table of places, until there are more than `most`. */
function countDistinct(chunks: readonly Data<Utf8>[], step: number, most: number): number {
  const mask = 2 ** Math.ceil(Math.log2(2 * most + 2)) - 1
  const hashes = new Int32Array(mask + 1)
  const rows = new Int32Array(mask + 1)
  /** The chunk of each entry, counted from 1; 0 is a free place. */
  const owners = new Int32Array(mask + 1)
  let distinct = 0
  let next = 0
  for (const [index, data] of chunks.entries()) {
    let row = next
    for (; row < data.length; row += step) {
      if (!isValid(data, row)) continue
      const hash = hashBytes(data.values, data.valueOffsets[row], data.valueOffsets[row + 1])
      let at = hash & mask
      while (owners[at] > 0 && !(hashes[at] === hash && isSameText(chunks[owners[at] - 1], rows[at], data, row))) {
        at = (at + 1) & mask
      }
      if (owners[at] > 0) continue
      if (++distinct > most) return distinct
      hashes[at] = hash
      rows[at] = row
      owners[at] = index + 1
    }
    next = row - data.length
  }
  return distinct
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

/** Enough to tell a catalogue from a list of people, and a sixteenth of an ordinary row group. */
const SAMPLE_ROWS = 8192
