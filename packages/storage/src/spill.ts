import { randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { environmentError, internal } from '@fletching/columns/errors'

/** Where in a spill some bytes lie. */
export interface SpillPlace {
  readonly start: number
  readonly byteLength: number
}

/**
 * A file for bytes that have to wait and for which there is no memory. It has no name that anybody else would read, is made with the first
 * bytes, and is gone after `close`.
 */
export class Spill {
  readonly #folder: string
  #path = ''
  #file: Promise<FileHandle> | undefined
  #end = 0

  /** - `folder`: the system's own for temporary files by default. */
  constructor(folder: string = tmpdir()) {
    this.#folder = folder
  }

  async append(bytes: Uint8Array): Promise<SpillPlace> {
    const place = { start: this.#end, byteLength: bytes.length }
    this.#end += bytes.length
    this.#file ??= this.#open()
    try {
      const file = await this.#file
      for (let at = 0; at < bytes.length; ) {
        at += (await file.write(bytes, at, bytes.length - at, place.start + at)).bytesWritten
      }
    } catch (cause) {
      throw spillFailed(this.#folder, cause)
    }
    return place
  }

  async read({ start, byteLength }: SpillPlace): Promise<Uint8Array> {
    const bytes = new Uint8Array(byteLength)
    const file = await this.#file
    for (let at = 0; at < byteLength; ) {
      const { bytesRead } = (await file?.read(bytes, at, byteLength - at, start + at)) ?? { bytesRead: 0 }
      if (bytesRead === 0) throw internal(`a spill ended at ${start + at} of ${start + byteLength} bytes`)
      at += bytesRead
    }
    return bytes
  }

  async close(): Promise<void> {
    if (this.#file === undefined) return
    const file = await this.#file.catch(() => undefined)
    await file?.close()
    await rm(this.#path, { force: true })
  }

  async #open(): Promise<FileHandle> {
    await mkdir(this.#folder, { recursive: true })
    this.#path = join(this.#folder, `fletching-${randomBytes(8).toString('hex')}.spill`)
    return open(this.#path, 'wx+', 0o600)
  }
}

/**
 * Proves that a folder can take a spill, and leaves none there: what has to wait may come hours after the beginning of a run.
 *
 * - Errors: SPILL (environment).
 */
export async function assertSpillable(folder: string): Promise<void> {
  const spill = new Spill(folder)
  try {
    await spill.append(Uint8Array.of(0))
  } finally {
    await spill.close()
  }
}

function spillFailed(folder: string, cause: unknown) {
  return environmentError('SPILL', `cannot write what has to wait: ${(cause as Error).message}`, {
    at: folder,
    help: 'give a folder with room for temporary files with --tmp',
    cause,
  })
}
