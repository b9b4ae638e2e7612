import { hashBytes, isValid, sameBytes } from '@fletching/columns'
import { type Data, DataType, type RecordBatch, type Utf8 } from 'apache-arrow'

/**
 * Chooses the columns whose pages are worth a dictionary: those that have one already, and texts of which at most a quarter of the
 * rows are distinct. A dictionary over nearly distinct texts costs time and bytes.
 *
 * The choice is a function of the data alone. Where every so many rows show it clearly, they decide; where they do not, all rows of the row
 * group count, since a sample would miss texts that repeat far apart, such as the items of a catalogue.
 *
 * - Nulls: drop; they count as rows.
 */
export function dictionaryColumns({ schema, data }: RecordBatch): Set<string> {
  const chosen = schema.fields.filter(({ type }, column) => {
    if (DataType.isDictionary(type)) return true
    return DataType.isUtf8(type) && repeats(data.children[column] as Data<Utf8>)
  })
  return new Set(chosen.map((field) => field.name))
}

function repeats(data: Data<Utf8>): boolean {
  const most = Math.floor(data.length / 4)
  const step = Math.floor(data.length / SAMPLE_ROWS)
  if (step > 1) {
    // What the sample would show if a quarter of the rows were distinct; half of that is far from it.
    const sampled = data.length / step
    const expected = most * (1 - Math.exp(-sampled / most))
    if (countDistinct(data, step, expected / 2) <= expected / 2) return true
  }
  return countDistinct(data, 1, most) <= most
}

/** Counts the distinct texts of every `step`th row in an open hash table of rows, until there are more than `most`. */
function countDistinct(data: Data<Utf8>, step: number, most: number): number {
  const { values, valueOffsets } = data
  const mask = 2 ** Math.ceil(Math.log2(2 * most + 2)) - 1
  const hashes = new Int32Array(mask + 1)
  /** The row of each entry, counted from 1; 0 is a free place. */
  const rows = new Int32Array(mask + 1)
  let distinct = 0
  for (let row = 0; row < data.length; row += step) {
    if (!isValid(data, row)) continue
    const start = valueOffsets[row]
    const end = valueOffsets[row + 1]
    const hash = hashBytes(values, start, end)
    let at = hash & mask
    for (; rows[at] > 0; at = (at + 1) & mask) {
      const other = rows[at] - 1
      if (hashes[at] === hash && sameBytes(values, valueOffsets[other], valueOffsets[other + 1], values, start, end))
        break
    }
    if (rows[at] > 0) continue
    if (++distinct > most) return distinct
    hashes[at] = hash
    rows[at] = row + 1
  }
  return distinct
}

/** Enough to tell a catalogue from a list of people, and a sixteenth of an ordinary row group. */
const SAMPLE_ROWS = 8192
