import type { Stats } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

/**
 * A new file that grows. It is open while it is one of the few that were written to last, and opened again when it is written to: a table may
 * have a file for each of thousands of partitions, and a process may have far fewer open.
 *
 * What is written is brought to the disk on the way, in the background, so that little of it is left to be waited for at the end.
 *
 * - Errors: those of the system, also when a file is closed to make room or brought to the disk on the way, which its next use tells.
 */
export class AppendedFile {
  readonly #path: string
  #file: FileHandle | undefined
  #end = 0
  #isInUse = false
  /** What the disk has been asked to take so far, and the asking that goes on. */
  #askedEnd = 0
  #asking: Promise<void> | undefined
  #fault: { readonly error: unknown } | undefined

  private constructor(path: string, file: FileHandle) {
    this.#path = path
    this.#file = file
    openFiles.add(this)
  }

  static async create(path: string): Promise<AppendedFile> {
    await AppendedFile.#makeRoom()
    return new AppendedFile(path, await open(path, 'wx'))
  }

  append(bytes: Uint8Array): Promise<void> {
    return this.#use(async (file) => {
      for (let at = 0; at < bytes.length; ) {
        const { bytesWritten } = await file.write(bytes, at, bytes.length - at, this.#end)
        at += bytesWritten
        this.#end += bytesWritten
      }
      if (this.#asking === undefined && this.#end - this.#askedEnd >= ASKED_BYTES) this.#asking = this.#askDisk(file)
    })
  }

  /** Brings every byte to the disk and closes the file. */
  async finish(): Promise<Stats> {
    await this.#asking
    const stats = await this.#use(async (file) => {
      await file.sync()
      return file.stat()
    })
    await this.close()
    return stats
  }

  async close(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    openFiles.delete(this)
    await file?.close()
  }

  /** The system tells an error once: who is told keeps it. */
  async #askDisk(file: FileHandle): Promise<void> {
    this.#askedEnd = this.#end
    try {
      await file.datasync()
    } catch (error) {
      this.#fault ??= { error }
    }
    this.#asking = undefined
  }

  async #use<T>(work: (file: FileHandle) => Promise<T>): Promise<T> {
    if (this.#fault !== undefined) throw this.#fault.error
    this.#isInUse = true
    try {
      // Of files that were made at the same time more may be open than should be.
      if (this.#file === undefined || openFiles.size > OPEN_FILES_MAX) await AppendedFile.#makeRoom()
      this.#file ??= await open(this.#path, 'r+')
      // The last in the set is the one that was used last.
      openFiles.delete(this)
      openFiles.add(this)
      return await work(this.#file)
    } finally {
      this.#isInUse = false
    }
  }

  /** Closes those that were not used for longest. */
  static async #makeRoom(): Promise<void> {
    for (const oldest of openFiles) {
      if (openFiles.size < OPEN_FILES_MAX) return
      if (oldest.#isInUse) continue
      await oldest.close().catch((error: unknown) => {
        oldest.#fault = { error }
      })
    }
  }
}

/** Those of this thread that are open, in the order in which they were used. */
const openFiles = new Set<AppendedFile>()

/** A process with hardly any files has 64, of which it takes thirty for itself. To open one again takes a hundredth of what a row group does. */
const OPEN_FILES_MAX = 16

/** As much as a disk takes in some ten or hundred milliseconds, and more than what most files of a table have. */
const ASKED_BYTES = 4 * 1024 * 1024
