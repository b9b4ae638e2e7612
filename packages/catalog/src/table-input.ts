import type { Column, StorageDescriptor, TableInput } from '@aws-sdk/client-glue'
import { formOf } from './table-form.ts'
import type { TableColumn, TableSpec } from './table-spec.ts'

/** Whose table it is: kept in its parameters, and looked for before it is changed. */
export interface TableOwner {
  readonly job: string
  /** The folder of the output. */
  readonly output: string
}

/** A table as Glue's API takes it, with all that we say of one. */
export type WholeTable = TableInput & {
  readonly Name: string
  readonly StorageDescriptor: StorageDescriptor & { readonly Columns: Column[]; readonly Location: string }
  readonly PartitionKeys: Column[]
  readonly Parameters: Record<string, string>
}

/** A table that is made anew. */
export function tableInput(spec: TableSpec, owner: TableOwner): WholeTable {
  const { serde, inputFormat, outputFormat, serdeParameters, parameters } = formOf(spec)
  return {
    Name: spec.name,
    TableType: 'EXTERNAL_TABLE',
    PartitionKeys: spec.partitions.map(columnInput),
    StorageDescriptor: {
      Columns: spec.columns.map(columnInput),
      Location: spec.location,
      InputFormat: inputFormat,
      OutputFormat: outputFormat,
      SerdeInfo: { SerializationLibrary: serde, Parameters: { ...serdeParameters } },
    },
    Parameters: { EXTERNAL: 'TRUE', ...parameters, [JOB]: owner.job, [OUTPUT]: owner.output },
  }
}

/** The parameters that say whose a table is. */
export const JOB = 'fletching.job'
export const OUTPUT = 'fletching.output'

/** Whether a parameter of a table is ours to set and to remove; those of others stay as they are. */
export function isOurParameter(name: string): boolean {
  return OURS.test(name)
}

const OURS = /^(fletching\..*|projection\..*|storage\.location\.template|skip\.header\.line\.count|classification)$/

/** Whether columns are found by their place in a record, and not by their name. */
export function isReadByPlace({ StorageDescriptor }: WholeTable): boolean {
  return StorageDescriptor.SerdeInfo?.SerializationLibrary?.endsWith('.OpenCSVSerde') === true
}

function columnInput({ name, type, comment }: TableColumn): Column {
  return { Name: name, Type: type, ...(comment === undefined ? {} : { Comment: comment }) }
}
