import type { ObjectWriter } from '@fletching/storage'
import type { PreparedOutput } from './report.ts'

/** One CSV object: its header, rows of earlier runs if it holds them, then every part in the order of the morsels. */
export class CsvSink {
  readonly #writer: ObjectWriter
  #rows = 0
  #earlierRows = 0
  #bytes = 0

  constructor(writer: ObjectWriter) {
    this.#writer = writer
  }

  /** Of this run. */
  get rows(): number {
    return this.#rows
  }

  async write(bytes: Uint8Array, rows: number): Promise<void> {
    this.#rows += rows
    this.#bytes += bytes.length
    if (bytes.length > 0) await this.#writer.write(bytes)
  }

  /** Writes rows that this run has not made. */
  async writeEarlier(bytes: Uint8Array, rows: number): Promise<void> {
    this.#earlierRows += rows
    await this.write(bytes, 0)
  }

  /** Brings every byte to its place without showing any. */
  async prepare(): Promise<PreparedOutput[]> {
    return [
      { ...(await this.#writer.prepare()), format: 'csv', rows: this.#earlierRows + this.#rows, bytes: this.#bytes },
    ]
  }

  async abort(): Promise<void> {
    await this.#writer.abort()
  }
}
