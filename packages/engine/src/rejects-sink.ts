import type { ObjectWriter } from '@fletching/storage'
import type { Reject } from './morsel.ts'
import type { PreparedOutput } from './report.ts'

/**
 * The lines that became no row, one JSON object a line: where it stood, why, and the line itself, so that it can be
 * mended and read again. Text that is not UTF-8 stands as base64. The object is made with the first reject: a run
 * without rejects leaves none.
 */
export class RejectsSink {
  readonly #open: () => Promise<ObjectWriter>
  #writer: ObjectWriter | undefined
  #rows = 0
  #bytes = 0

  constructor(open: () => Promise<ObjectWriter>) {
    this.#open = open
  }

  get rows(): number {
    return this.#rows
  }

  async write(rejects: readonly Reject[]): Promise<void> {
    if (rejects.length === 0) return
    this.#writer ??= await this.#open()
    // One string of them all might be longer than a string can be.
    const bytes = Buffer.concat(rejects.map((reject) => Buffer.from(formatReject(reject))))
    this.#rows += rejects.length
    this.#bytes += bytes.length
    await this.#writer.write(bytes)
  }

  async prepare(): Promise<PreparedOutput[]> {
    if (this.#writer === undefined) return []
    return [{ ...(await this.#writer.prepare()), format: 'rejects', rows: this.#rows, bytes: this.#bytes }]
  }

  async abort(): Promise<void> {
    await this.#writer?.abort()
  }
}

function formatReject(reject: Reject): string {
  const { text, ...where } = reject
  return `${JSON.stringify({ ...where, ...(text === undefined ? {} : formatText(text)) })}\n`
}

function formatText(bytes: Uint8Array): { text: string } | { base64: string } {
  try {
    return { text: STRICT_UTF8.decode(bytes) }
  } catch {
    return { base64: Buffer.from(bytes).toString('base64') }
  }
}

const STRICT_UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
