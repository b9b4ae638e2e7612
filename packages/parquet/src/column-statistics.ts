import type { Statistics } from 'hyparquet'
import { unconvertMinMax } from 'hyparquet-writer/src/unconvert.js'
import type { Column } from './column.ts'
import type { ColumnElement } from './schema-nodes.ts'

/** Bytes to which minima and maxima of texts are cut; a maximum is rounded up. */
export const STATISTICS_BYTES = 64

/**
 * What the footer says about the values of a column, all of which the module has written.
 *
 * - Nulls: drop; they are counted, and with them what has no value because something further up is null or empty. Without any other value there are no bounds.
 *
 * The bounds of doubles hold -0 below and 0 above, since readers take the two for the same. A column with a NaN has none: readers do not agree
 * on where it belongs, and some would skip it.
 */
export function columnStatistics(column: Column, element: ColumnElement): Statistics {
  const { entries, nullCount } = column
  const null_count = BigInt(nullCount)
  if (nullCount === entries.count) return { null_count }
  return { null_count, ...bounds(column, element) }
}

function bounds({ module, room }: Column, element: ColumnElement): Statistics {
  const least = module.leastWhole.value
  const greatest = module.greatestWhole.value
  switch (element.type) {
    case 'BYTE_ARRAY': {
      const least = textAt(room.bytes, module.leastText.value, module.leastTextBytes.value)
      const greatest = textAt(room.bytes, module.greatestText.value, module.greatestTextBytes.value)
      const min_value = unconvertMinMax(least, element, false, STATISTICS_BYTES) as Uint8Array
      const max_value = unconvertMinMax(greatest, element, true, STATISTICS_BYTES) as Uint8Array
      return {
        min_value,
        max_value,
        ...(min_value === least ? {} : { is_min_value_exact: false }),
        ...(max_value === greatest ? {} : { is_max_value_exact: false }),
      }
    }
    case 'BOOLEAN':
      return { min_value: least === 1n, max_value: greatest === 1n }
    case 'DOUBLE': {
      const least = module.leastReal.value
      const greatest = module.greatestReal.value
      if (module.hasNaN.value === 1) return {}
      return { min_value: least === 0 ? -0 : least, max_value: greatest === 0 ? 0 : greatest }
    }
    case 'INT32':
      return { min_value: Number(least), max_value: Number(greatest) }
    default:
      return { min_value: least, max_value: greatest }
  }
}

function textAt(bytes: Uint8Array, start: number, length: number): Uint8Array {
  return bytes.slice(start >>> 0, (start >>> 0) + length)
}
