import { createHash, randomBytes } from 'node:crypto'
import { closeSync, constants, type Dirent, fstatSync, openSync, readSync } from 'node:fs'
import {
  type FileHandle,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
} from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { authorError, environmentError, internal } from '@fletching/columns/errors'
import { asFolder, type Location, parseLocation } from './location.ts'
import { commitLost, noConditionalWrites } from './lost.ts'
import {
  type Begun,
  type Condition,
  type CreateOptions,
  compareNames,
  type ObjectInfo,
  type ObjectWriter,
  type Prepared,
  type Store,
} from './store.ts'

/**
 * Files on this machine.
 *
 * - Reading: symbolic links below a folder are followed to files inside of it only; sockets, pipes and devices are passed over.
 * - Writing: under a temporary name in the same folder, brought to disk, then renamed; the folder is brought to disk too.
 */
export function openLocalStore(): Store {
  return {
    stat: statFile,
    list: listFiles,
    read: readFile,
    readSync: readFileSync,
    create: createFile,
    complete: completeFile,
    abandon: abandonFile,
    put: putFile,
    assertWritable: assertFileWritable,
    remove: removeFile,
  }
}

/**
 * The place that an address leads to when the symbolic links on its way are followed, whether or not something is there yet.
 * What is not on this machine stays as it is.
 */
export async function followLinks(location: Location): Promise<Location> {
  if (location.scheme !== 'file') return location
  const path = await withoutLinks(location.path)
  return { scheme: 'file', path: location.path.endsWith('/') && !path.endsWith('/') ? `${path}/` : path }
}

async function withoutLinks(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    if (!isMissing(error)) throw failure(error, path, 'read')
  }
  const target = await readlink(path.replace(/\/$/, '')).catch(() => undefined)
  if (target !== undefined) return withoutLinks(resolve(dirname(path), target))
  return join(await withoutLinks(dirname(path)), basename(path))
}

async function statFile(location: Location): Promise<ObjectInfo | undefined> {
  const path = pathOf(location)
  try {
    const found = await stat(path)
    if (found.isDirectory()) return undefined
    if (found.isFile()) return info(path, found)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw failure(error, path, 'read')
  }
  throw authorError('NOT_A_FILE', 'the path is neither a file nor a folder', {
    at: path,
    help: 'expected a file or a folder; give - to read standard input',
  })
}

async function* listFiles(folder: Location): AsyncGenerator<ObjectInfo> {
  const path = pathOf(asFolder(folder))
  const root = await realPathOf(path)
  if (root !== undefined) yield* filesBelow(path, `${root.replace(/\/$/, '')}/`)
}

async function realPathOf(path: string): Promise<string | undefined> {
  try {
    const real = await realpath(path)
    return (await stat(real)).isDirectory() ? real : undefined
  } catch (error) {
    if (isMissing(error)) return undefined
    throw failure(error, path, 'read')
  }
}

/** Depth first, each folder's names in the order that their files' whole paths have. */
async function* filesBelow(folder: string, root: string): AsyncGenerator<ObjectInfo> {
  let entries: Dirent[]
  try {
    entries = await readdir(folder, { withFileTypes: true })
  } catch (error) {
    throw failure(error, folder, 'read')
  }
  const sortName = (entry: Dirent) => (entry.isDirectory() ? `${entry.name}/` : entry.name)
  for (const entry of entries.sort((a, b) => compareNames(sortName(a), sortName(b)))) {
    const path = `${folder}${entry.name}`
    if (entry.isDirectory()) yield* filesBelow(`${path}/`, root)
    else if (entry.isFile() || (entry.isSymbolicLink() && (await leadsInside(path, root)))) {
      const found = await stat(path).catch((error: unknown) => {
        throw failure(error, path, 'read')
      })
      if (found.isFile()) yield info(path, found)
    }
  }
}

async function leadsInside(link: string, root: string): Promise<boolean> {
  try {
    return (await realpath(link)).startsWith(root)
  } catch {
    return false
  }
}

async function* readFile(object: ObjectInfo): AsyncGenerator<Uint8Array> {
  const path = pathOf(object.location)
  let file: FileHandle
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    throw failure(error, path, 'read')
  }
  try {
    assertUnchanged(object, info(path, await file.stat()))
    let at = 0
    while (true) {
      const chunk = new Uint8Array(CHUNK_BYTES)
      const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, at)
      if (bytesRead === 0) break
      at += bytesRead
      yield chunk.subarray(0, bytesRead)
    }
    assertWhole(object, at)
  } catch (error) {
    throw failure(error, path, 'read')
  } finally {
    await file.close()
  }
}

function* readFileSync(object: ObjectInfo, start: number, room: () => Uint8Array): Generator<Uint8Array> {
  const path = pathOf(object.location)
  let file: number
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    throw failure(error, path, 'read')
  }
  try {
    assertUnchanged(object, info(path, fstatSync(file)))
    let at = start
    while (true) {
      const bytes = room()
      const count = readSync(file, bytes, 0, bytes.length, at)
      if (count === 0) break
      at += count
      yield bytes.subarray(0, count)
    }
    assertWhole(object, at)
  } catch (error) {
    throw failure(error, path, 'read')
  } finally {
    closeSync(file)
  }
}

function assertUnchanged(object: ObjectInfo, now: ObjectInfo): void {
  if (now.etag === object.etag) return
  throw environmentError('OBJECT_CHANGED', 'the file was changed since it was listed', {
    at: object.name,
    help: 'run again when nobody writes to it',
  })
}

function assertWhole(object: ObjectInfo, bytes: number): void {
  if (bytes === object.size) return
  throw environmentError('READ_CUT_SHORT', `read ${bytes} of ${object.size} bytes`, {
    at: object.name,
    help: 'run again when nobody writes to it',
  })
}

async function createFile(location: Location, { onBegun }: CreateOptions = {}): Promise<LocalWriter> {
  const path = pathOf(location)
  if (path.endsWith('/')) throw internal(`${path} is a folder, not a file to write`)
  if (await isFolder(path)) throw folderInTheWay(path)
  const folder = dirname(path)
  await makeFolder(folder)
  // Short enough for a file system whose names end at 255 bytes, three of which a character may take.
  const temporary = `${folder}/.${basename(path).slice(0, 60)}.${randomBytes(6).toString('hex')}.tmp`
  let file: FileHandle
  try {
    await onBegun?.({ name: path, handle: temporary })
    file = await open(temporary, 'wx')
  } catch (error) {
    await removeMadeFolders(folder)
    throw failure(error, temporary, 'write')
  }
  return new LocalWriter(path, temporary, file)
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

function folderInTheWay(path: string) {
  return authorError('BAD_LOCATION', 'a folder stands where a file is needed', { at: path, help: 'give another path' })
}

async function completeFile(prepared: Prepared): Promise<ObjectInfo> {
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
    keepFolders(dirname(path))
    await syncFolder(dirname(path))
    return info(path, await stat(path))
  } catch (error) {
    throw failure(error, path, 'write')
  }
}

async function abandonFile({ name, handle }: Begun): Promise<void> {
  const path = pathOf(parseLocation(name))
  // What names it may be damaged, and nothing else may ever be taken away.
  if (!isTemporaryOf(handle, path)) throw internal(`${handle} is no temporary file of ${path}`)
  await removeFile({ scheme: 'file', path: handle })
}

function isTemporaryOf(handle: string, path: string): boolean {
  return dirname(handle) === dirname(path) && /^\..*\.[0-9a-f]{12}\.tmp$/s.test(basename(handle))
}

async function putFile(location: Location, bytes: Uint8Array, condition?: Condition): Promise<boolean> {
  const writer = await createFile(location)
  try {
    await writer.write(bytes)
    const { name, handle } = await writer.prepare()
    if (condition !== undefined && condition.etag === undefined) return await linkFile(handle, name)
    if (condition !== undefined && (await statFile(location))?.etag !== condition.etag) return false
    await rename(handle, name)
    await syncFolder(dirname(name))
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
    await syncFolder(dirname(path))
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

async function assertFileWritable(location: Location, options: Pick<CreateOptions, 'onBegun'> = {}): Promise<void> {
  const writer = await createFile(location, options)
  try {
    await writer.write(new Uint8Array(1))
    await writer.prepare()
  } finally {
    await writer.abort()
  }
}

class LocalWriter implements ObjectWriter {
  readonly #path: string
  readonly #temporary: string
  readonly #file: FileHandle
  readonly #digest = createHash('sha256')
  #prepared: Prepared | undefined
  #end: 'committed' | 'aborted' | undefined

  constructor(path: string, temporary: string, file: FileHandle) {
    this.#path = path
    this.#temporary = temporary
    this.#file = file
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#end !== undefined || this.#prepared !== undefined)
      throw internal(`${this.#path} is written to after its end`)
    this.#digest.update(bytes)
    try {
      for (let at = 0; at < bytes.length; ) at += (await this.#file.write(bytes, at)).bytesWritten
    } catch (error) {
      throw failure(error, this.#path, 'write')
    }
  }

  async prepare(): Promise<Prepared> {
    if (this.#end !== undefined) throw internal(`${this.#path} is prepared after its end`)
    if (this.#prepared !== undefined) return this.#prepared
    try {
      await this.#file.sync()
      const { size, etag = '' } = info(this.#path, await this.#file.stat())
      await this.#file.close()
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
    if (this.#prepared === undefined) await this.#file.close().catch(() => {})
    this.#end = 'aborted'
    await rm(this.#temporary, { force: true })
    await removeMadeFolders(dirname(this.#path))
  }
}

async function removeFile(location: Location): Promise<void> {
  const path = pathOf(location)
  try {
    await rm(path, { force: true })
  } catch (error) {
    throw failure(error, path, 'write')
  }
  await removeMadeFolders(dirname(path))
}

/** Makes a folder and those above it that are missing. */
async function makeFolder(folder: string): Promise<void> {
  for (let path = folder; !(await exists(path)); path = dirname(path)) madeFolders.add(path)
  try {
    await mkdir(folder, { recursive: true })
  } catch (error) {
    await removeMadeFolders(folder)
    throw failure(error, folder, 'write')
  }
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
const madeFolders = new Set<string>()

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

function info(path: string, found: { size: number; mtimeMs: number; ino: number }): ObjectInfo {
  return {
    location: { scheme: 'file', path },
    name: path,
    size: found.size,
    etag: `${found.ino}-${found.size}-${found.mtimeMs}`,
  }
}

function pathOf(location: Location): string {
  if (location.scheme === 'file') return location.path
  throw internal(`the local store was given a location of ${location.scheme}`)
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOENT' || code === 'ENOTDIR'
}

/** The system's error in our words; an error of ours stays as it is. */
function failure(error: unknown, path: string, verb: 'read' | 'write'): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code === undefined || !(error instanceof Error) || !('errno' in error)) return error
  const parts = { at: path, cause: error }
  switch (code) {
    case 'ENOENT':
      // Node gives names as text, in which bytes that are no UTF-8 are lost: such a file is listed and cannot be found.
      if (path.includes('\ufffd')) {
        return environmentError('BAD_NAME', 'the name of a file or a folder is not UTF-8', {
          ...parts,
          help: 'rename it, or move it out of the input',
        })
      }
      return environmentError('NO_SUCH_OBJECT', 'the file is gone since it was listed', { ...parts, help: 'run again' })
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return environmentError('ACCESS_DENIED', `not allowed to ${verb}`, {
        ...parts,
        help: 'give this user access, or choose another place',
      })
    case 'ENOSPC':
    case 'EDQUOT':
      return environmentError('DISK_FULL', 'no space left to write', {
        ...parts,
        help: 'free some space, or choose another place',
      })
    case 'EMFILE':
    case 'ENFILE':
      return environmentError('TOO_MANY_FILES', 'too many files are open', {
        ...parts,
        help: 'raise the limit with ulimit -n',
      })
    case 'ENAMETOOLONG':
    case 'ELOOP':
      return authorError('BAD_LOCATION', `the path leads nowhere: ${code}`, { ...parts, help: 'give another path' })
    case 'EISDIR':
      return folderInTheWay(path)
    case 'ENOTDIR':
    case 'EEXIST':
      return authorError('BAD_LOCATION', 'a file stands where a folder is needed', {
        ...parts,
        help: 'give another path',
      })
    default:
      return environmentError('DISK', `cannot ${verb}: ${code}`, {
        ...parts,
        help: 'look at the disk and its limits, or choose another place',
      })
  }
}

const CHUNK_BYTES = 256 * 1024
