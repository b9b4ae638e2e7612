import type { CsvDialect } from '@fletching/csv'
import type { Job, Params, ValuesOf } from '@fletching/job'
import { optimize } from '@fletching/plan'
import { asFolder, type Location, parseLocation } from '@fletching/storage'
import type { Schema } from 'apache-arrow'
import { fileSchema, sinkSchema } from './operators.ts'
import type { RunOptions } from './options.ts'
import { csvTarget } from './outputs.ts'
import { lower } from './physical.ts'

/** An output as its job declares it; whether it has been written is another matter. */
export interface OutputDescription {
  readonly format: 'csv' | 'parquet'
  /** The CSV itself, or the folder of the table. */
  readonly location: Location
  /** The folder that holds nothing but this output, as Athena and Personalize read it; undefined for a CSV beside files of others. */
  readonly folder: Location | undefined
  /** Every column, in order, those that name folders included. */
  readonly schema: Schema
  /** The columns that the files hold. */
  readonly fileSchema: Schema
  /** The columns whose values name the folders of a table. */
  readonly partitionBy: readonly string[]
  readonly dialect: CsvDialect | undefined
  /** The name of the schema that the job demands of it, such as `personalizeInteractions`. */
  readonly demands: string | undefined
}

/**
 * Says what a job writes, where and with which columns, in the order of its sinks. Touches no data and no place.
 *
 * - Errors: of the author's kind, as `runJob` would find them.
 */
export function describeOutputs<P extends Params>(
  job: Job<P>,
  params: ValuesOf<P>,
  options: Pick<RunOptions, 'csvDialect' | 'partitionBy'> = {},
): readonly OutputDescription[] {
  const plan = optimize(job.build(params))
  return lower(plan, options).sinks.map((sink, index) => {
    const demands = plan.sinks[index].sink.schema?.name
    const schema = sinkSchema(sink.columns)
    if (sink.format === 'csv') {
      const { file, folder } = csvTarget(sink.to)
      return {
        format: 'csv',
        location: file,
        folder,
        schema,
        fileSchema: schema,
        partitionBy: [],
        dialect: sink.dialect,
        demands,
      }
    }
    const folder = asFolder(parseLocation(sink.to))
    return {
      format: 'parquet',
      location: folder,
      folder,
      schema,
      fileSchema: fileSchema(schema, sink),
      partitionBy: sink.partitionBy,
      dialect: undefined,
      demands,
    }
  })
}
