import { tableNameOf } from '@fletching/catalog/names'
import { authorError } from '@fletching/columns/errors'
import type { OutputDescription } from '@fletching/engine'
import { formatLocation } from '@fletching/storage'

/** An output with the names that it has in Athena. */
export type NamedOutput = OutputDescription & {
  readonly name: string
  /** Of a CSV: the name of its view with types. */
  readonly view: string | undefined
}

/**
 * Each output with the name of its table: that of its folder, but for the one that `given` names, the first Parquet table or else the first
 * output. One without a folder has no table, and its names are nobody's.
 *
 * - Errors: SAME_TABLE (author).
 */
export function namedOutputs(outputs: readonly OutputDescription[], given: string | undefined): readonly NamedOutput[] {
  const wanted = Math.max(
    outputs.findIndex(({ format }) => format === 'parquet'),
    0,
  )
  const owners = new Map<string, string>()
  return outputs.map((output, index) => {
    const place = formatLocation(output.folder ?? output.location)
    const name = index === wanted && given !== undefined ? given : tableNameOf(place)
    const view = output.format === 'csv' ? `${name.slice(0, 249)}_typed` : undefined
    for (const taken of output.folder === undefined ? [] : [name, view]) {
      if (taken === undefined) continue
      const owner = owners.get(taken)
      if (owner !== undefined) throw sameTable(taken, owner, place)
      owners.set(taken, place)
    }
    return { ...output, name, view }
  })
}

/** The way out where an output has no folder of its own. */
export const WHOLE_FOLDERS =
  'Athena reads every file of a folder, so let the job write to a folder instead of a path that ends in .csv'

function sameTable(name: string, ...places: readonly string[]) {
  return authorError('SAME_TABLE', `two outputs would be ${name} in Athena`, {
    at: places,
    help: 'give the Parquet table another name with --table, or the outputs folders of other names',
  })
}
