import type { Data, DataType } from 'apache-arrow'

/** A column that grows at its end, straight on the buffers that Arrow wants. */
export interface ColumnBuilder<T extends DataType = DataType> {
  readonly type: T
  readonly length: number
  appendNull(): void
  /** The column as it is, in buffers of its own; the builder is empty afterwards. */
  finish(): Data<T>
}
