import { isValid } from '@fletching/columns'
import type { Data, Dictionary, Int32, Utf8 } from 'apache-arrow'
import { ByteSink } from './byte-sink.ts'
import type { DialectRules } from './dialect.ts'
import { putText } from './text-field.ts'

/**
 * A writer of the texts that the rows' numbers stand for. A dictionary no longer than the batch is quoted entry by entry once,
 * and rows copy what came out; of a longer one most entries would be quoted for nothing.
 *
 * - Nulls: a null in the dictionary is an empty field.
 */
export function openDictionaryWriter(
  data: Data<Dictionary<Utf8, Int32>>,
  sink: ByteSink,
  rules: DialectRules,
  folded: (count: number) => void,
): (row: number) => void {
  const { values: indices, length } = data
  const chunks = data.dictionary?.data ?? []
  const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  if (size > length) {
    return (row) => {
      let entry = indices[row]
      let chunk = 0
      while (entry >= chunks[chunk].length) entry -= chunks[chunk++].length
      const count = putEntry(sink, rules, chunks[chunk], entry)
      if (count > 0) folded(count)
    }
  }
  const { bytes, ends, counts } = quoteEntries(chunks, size, rules)
  return (row) => {
    const entry = indices[row]
    sink.copy(bytes, ends[entry], ends[entry + 1])
    if (counts[entry] > 0) folded(counts[entry])
  }
}

interface QuotedEntries {
  readonly bytes: Uint8Array
  /** Entry n lies from `ends[n]` to `ends[n + 1]`. */
  readonly ends: Int32Array
  /** The line breaks of each entry that became blanks. */
  readonly counts: Int32Array
}

function quoteEntries(chunks: readonly Data<Utf8>[], size: number, rules: DialectRules): QuotedEntries {
  const quoted = new ByteSink(32 * size)
  const ends = new Int32Array(size + 1)
  const counts = new Int32Array(size)
  let entry = 0
  for (const chunk of chunks) {
    for (let row = 0; row < chunk.length; row++) {
      counts[entry] = putEntry(quoted, rules, chunk, row)
      ends[++entry] = quoted.length
    }
  }
  return { bytes: quoted.bytes, ends, counts }
}

function putEntry(sink: ByteSink, rules: DialectRules, chunk: Data<Utf8>, row: number): number {
  if (!isValid(chunk, row)) return 0
  return putText(sink, rules, chunk.values, chunk.valueOffsets[row], chunk.valueOffsets[row + 1])
}
