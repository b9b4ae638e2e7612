import { closeSync, constants, type Dirent, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs'
import { type FileHandle, open, readdir, readlink, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { environmentError, FletchingError } from '@fletching/columns/errors'
import { failure, isMissing } from './local-errors.ts'
import { etagOf, info, pathOf, statFile } from './local-file.ts'
import { abandonFile, assertFileWritable, completeFile, createFile, putFile, removeFile } from './local-writer.ts'
import { asFolder, type Location } from './location.ts'
import { compareNames, type ObjectInfo, type PassOver, type Store } from './store.ts'

/**
 * Files on this machine.
 *
 * - Reading: symbolic links below a folder are followed to files inside of it only; others, sockets, pipes and devices are passed over, and told of.
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

/**
 * Depth first, each folder's names in the order that their files' whole paths have; what goes away meanwhile is not there. In one generator for all folders,
 * since objects come slowly through one that stands within others.
 */
async function* listFiles(folder: Location, passOver: PassOver = () => {}): AsyncGenerator<ObjectInfo> {
  const top = pathOf(asFolder(folder))
  const real = await realPathOf(top)
  if (real === undefined) return
  const root = `${real.replace(/\/$/, '')}/`
  const open = [await openFolder(top)]
  for (let looks = 1; open.length > 0; looks++) {
    // Lets timers and signals have their turn.
    if (looks % LOOKS_WITHOUT_PAUSE === 0) await setImmediate()
    const innermost = open[open.length - 1]
    const entry = innermost.entries.pop()
    if (entry === undefined) {
      open.pop()
      continue
    }
    const path = `${innermost.path}${entry.name}`
    if (entry.isDirectory()) open.push(await openFolder(`${path}/`))
    else if (entry.isFile() || (entry.isSymbolicLink() && (await leadsInside(path, root)))) {
      const found = lookAt(path)
      if (found?.isFile() === true) yield info(path, found)
      else if (found !== undefined) passOver({ scheme: 'file', path }, kindOf(entry))
    } else passOver({ scheme: 'file', path }, kindOf(entry))
  }
}

/** A folder, and what is in it and has not been looked at, the last first. */
interface OpenFolder {
  readonly path: string
  readonly entries: Dirent[]
}

async function openFolder(path: string): Promise<OpenFolder> {
  let entries: Dirent[]
  try {
    entries = await readdir(path, { withFileTypes: true })
  } catch (error) {
    assertGone(error, path)
    return { path, entries: [] }
  }
  const sortName = (entry: Dirent) => (entry.isDirectory() ? `${entry.name}/` : entry.name)
  return { path, entries: entries.sort((a, b) => compareNames(sortName(b), sortName(a))) }
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

function kindOf(entry: Dirent): string {
  return entry.isSymbolicLink() ? 'link not followed' : 'not a file'
}

/** Without waiting: to be told of it by another thread takes several times as long as to look. */
function lookAt(path: string): Stats | undefined {
  try {
    return statSync(path)
  } catch (error) {
    return assertGone(error, path)
  }
}

/** Passes over what is not there any more; a name that cannot be written down is not there either, and is not passed over. */
function assertGone(error: unknown, path: string): undefined {
  const failed = failure(error, path, 'read')
  if (!(failed instanceof FletchingError) || failed.code !== 'NO_SUCH_OBJECT') throw failed
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
    assertUnchanged(object, etagOf(await file.stat()))
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
    assertUnchanged(object, etagOf(fstatSync(file)))
    let at = start
    while (true) {
      const bytes = room()
      // Whoever takes the bytes may move their memory.
      const { length } = bytes
      const count = readSync(file, bytes, 0, length, at)
      if (count === 0) break
      at += count
      yield bytes.subarray(0, count)
      // Less than was asked for is the end; it need not be asked for again where it is the one that is expected.
      if (count < length && at === object.size) break
    }
    assertWhole(object, at)
  } catch (error) {
    throw failure(error, path, 'read')
  } finally {
    closeSync(file)
  }
}

function assertUnchanged(object: ObjectInfo, etag: string): void {
  if (etag === object.etag) return
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

const CHUNK_BYTES = 256 * 1024
const LOOKS_WITHOUT_PAUSE = 256
