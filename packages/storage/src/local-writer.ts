import { createHash, randomBytes } from 'node:crypto'
import { link, lstat, mkdir, open, rename, rm, rmdir, stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { internal } from '@fletching/columns/errors'
import { AppendedFile } from './appended-file.ts'
import { failure, folderInTheWay, isMissing } from './local-errors.ts'
import { info, pathOf, statFile } from './local-file.ts'
import { type Location, parseLocation } from './location.ts'
import { commitLost, noConditionalWrites } from './lost.ts'
import type { Begun, Condition, CreateOptions, ObjectInfo, ObjectWriter, Prepared } from './store.ts'

export async function createFile(location: Location, { onBegun }: CreateOptions = {}): Promise<LocalWriter> {
  const path = pathOf(location)
  if (path.endsWith('/')) throw internal(`${path} is a folder, not a file to write`)
  const folder = dirname(path)
  // Short enough for a file system whose names end at 255 bytes, three of which a character may take.
  const temporary = `${folder}/.${basename(path).slice(0, 60)}.${randomBytes(6).toString('hex')}.tmp`
  // Before anything is waited for, so that files which are begun at the same time can be told of together.
  await onBegun?.({ name: path, handle: temporary })
  if (await isFolder(path)) throw folderInTheWay(path)
  await makeFolder(folder)
  let file: AppendedFile
  try {
    file = await openNew(temporary)
  } catch (error) {
    await removeMadeFolders(folder)
    throw failure(error, temporary, 'write')
  }
  return new LocalWriter(path, temporary, file)
}

/** Whoever gives up the last file of a folder takes the folder away too, perhaps before the next file is there. */
async function openNew(path: string): Promise<AppendedFile> {
  for (let tries = 1; ; tries++) {
    try {
      return await AppendedFile.create(path)
    } catch (error) {
      if (!isMissing(error) || tries === TRIES_MAX) throw error
      await makeFolder(dirname(path))
    }
  }
}

const TRIES_MAX = 5

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

export async function completeFile(prepared: Prepared): Promise<ObjectInfo> {
  const { name, handle, etag } = prepared
  const path = pathOf(parseLocation(name))
  try {
    await rename(handle, path)
  } catch (error) {
    if (!isMissing(error)) throw failure(error, path, 'write')
    // Perhaps an earlier try did it; a file that is renamed keeps its number and its time.
    const found = await statFile(parseLocation(name))
    if (found?.etag !== etag) throw commitLost(name, found)
  }
  try {
    await syncFolders(dirname(path))
    keepFolders(dirname(path))
    return info(path, await stat(path))
  } catch (error) {
    throw failure(error, path, 'write')
  }
}

export async function abandonFile({ name, handle }: Begun): Promise<void> {
  const path = pathOf(parseLocation(name))
  // What names it may be damaged, and nothing else may ever be taken away.
  if (!isTemporaryOf(handle, path)) throw internal(`${handle} is no temporary file of ${path}`)
  await removeFile({ scheme: 'file', path: handle })
}

function isTemporaryOf(handle: string, path: string): boolean {
  return dirname(handle) === dirname(path) && /^\..*\.[0-9a-f]{12}\.tmp$/s.test(basename(handle))
}

export async function putFile(
  location: Location,
  bytes: Uint8Array | Iterable<Uint8Array>,
  condition?: Condition,
): Promise<boolean> {
  const writer = await createFile(location)
  try {
    for (const piece of bytes instanceof Uint8Array ? [bytes] : bytes) await writer.write(piece)
    const { name, handle } = await writer.flush()
    if (condition !== undefined && condition.etag === undefined) return await linkFile(handle, name)
    if (condition !== undefined && (await statFile(location))?.etag !== condition.etag) return false
    await rename(handle, name)
    await syncFolders(dirname(name))
    return true
  } catch (error) {
    throw failure(error, pathOf(location), 'write')
  } finally {
    // Without keeping the folders: what is put may be taken away again, and they with it.
    await writer.abort()
  }
}

/** Gives a file its name in one step, with all its bytes; false when another has it. */
async function linkFile(temporary: string, path: string): Promise<boolean> {
  try {
    await link(temporary, path)
    await syncFolders(dirname(path))
    return true
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    // Some file systems, such as FAT, give a file one name only.
    throw ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(code)
      ? noConditionalWrites(path)
      : failure(error, path, 'write')
  }
}

export async function assertFileWritable(
  location: Location,
  options: Pick<CreateOptions, 'onBegun'> = {},
): Promise<void> {
  const writer = await createFile(location, options)
  try {
    await writer.write(new Uint8Array(1))
    await writer.flush()
  } finally {
    await writer.abort()
  }
}

class LocalWriter implements ObjectWriter {
  readonly #path: string
  readonly #temporary: string
  readonly #file: AppendedFile
  readonly #digest = createHash('sha256')
  #prepared: Prepared | undefined
  #end: 'committed' | 'aborted' | undefined

  constructor(path: string, temporary: string, file: AppendedFile) {
    this.#path = path
    this.#temporary = temporary
    this.#file = file
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#end !== undefined || this.#prepared !== undefined)
      throw internal(`${this.#path} is written to after its end`)
    this.#digest.update(bytes)
    try {
      await this.#file.append(bytes)
    } catch (error) {
      throw failure(error, this.#path, 'write')
    }
  }

  async prepare(): Promise<Prepared> {
    const prepared = await this.flush()
    try {
      // A record that outlives a loss of power must find the file under its name.
      await syncFolders(dirname(this.#temporary))
    } catch (error) {
      throw failure(error, this.#path, 'write')
    }
    return prepared
  }

  /** Brings the bytes to disk, but not the name under which they are. */
  async flush(): Promise<Prepared> {
    if (this.#end !== undefined) throw internal(`${this.#path} is prepared after its end`)
    if (this.#prepared !== undefined) return this.#prepared
    try {
      const { size, etag = '' } = info(this.#path, await this.#file.finish())
      const sha256 = this.#digest.digest('hex')
      this.#prepared = { name: this.#path, handle: this.#temporary, size, sha256, etag }
      return this.#prepared
    } catch (error) {
      throw failure(error, this.#path, 'write')
    }
  }

  async commit(): Promise<ObjectInfo> {
    const object = await completeFile(await this.prepare())
    this.#end = 'committed'
    return object
  }

  async abort(): Promise<void> {
    if (this.#end !== undefined) return
    this.#end = 'aborted'
    if (this.#prepared === undefined) await this.#file.close().catch(() => {})
    await rm(this.#temporary, { force: true })
    await removeMadeFolders(dirname(this.#path))
  }
}

export async function removeFile(location: Location): Promise<void> {
  const path = pathOf(location)
  try {
    await rm(path, { force: true })
  } catch (error) {
    if (!isMissing(error)) throw failure(error, path, 'write')
  }
  await removeMadeFolders(dirname(path))
}

/** Makes a folder and those above it that are missing, one by one: of a read-only disk, Node's `recursive` says that something is missing. */
async function makeFolder(folder: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      for (const path of await missingFolders(folder)) {
        await mkdir(path).catch((error: NodeJS.ErrnoException) => {
          // Another process may make the same at the same time.
          if (error.code !== 'EEXIST') throw error
        })
      }
      return
    } catch (error) {
      // One above it may have been taken away meanwhile, with the last file below it.
      if (isMissing(error) && tries < TRIES_MAX) continue
      await removeMadeFolders(folder)
      throw failure(error, folder, 'write')
    }
  }
}

/** A folder and those above it that are not there, the uppermost first; they are about to be made. */
async function missingFolders(folder: string): Promise<string[]> {
  const missing: string[] = []
  for (let path = folder; !(await exists(path)); path = dirname(path)) {
    madeFolders.set(path, { isOnDisk: false })
    missing.unshift(path)
  }
  return missing
}

/** Takes away a folder and those above it, as far as they were made here and are empty again. */
async function removeMadeFolders(folder: string): Promise<void> {
  for (let path = folder; madeFolders.has(path); path = dirname(path)) {
    const isGone = await rmdir(path).then(
      () => true,
      (error: unknown) => isMissing(error),
    )
    if (!isGone) return
    madeFolders.delete(path)
  }
}

/** Something is shown in the folder, so that it and those above it stay. */
function keepFolders(folder: string): void {
  for (let path = folder; madeFolders.delete(path); path = dirname(path));
}

/**
 * Folders that this process made for files of which none is shown yet. Files that are given up share them, whoever made them, so that
 * the last one takes them away.
 */
const madeFolders = new Map<string, { isOnDisk: boolean }>()

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}

/** Brings to disk the names in a folder, and its own and those above it as far as they were made here. */
async function syncFolders(folder: string): Promise<void> {
  await syncFolder(folder)
  for (let path = folder; ; path = dirname(path)) {
    const made = madeFolders.get(path)
    if (made === undefined || made.isOnDisk) return
    await syncFolder(dirname(path))
    made.isOnDisk = true
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
