import { isAbsolute, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { authorError } from '@fletching/columns/errors'

/** An address in a place with bytes. One that ends in `/` is a folder. */
export type Location =
  | { readonly scheme: 'file' /** Absolute. */; readonly path: string }
  | { readonly scheme: 's3'; readonly bucket: string; readonly key: string }
  | { readonly scheme: 'memory'; readonly key: string }
  | { readonly scheme: 'stdin' }

/**
 * Reads an address: `s3://bucket/key`, `file:///path`, a plain path, or `-` for standard input.
 *
 * - Errors: BAD_LOCATION (author) for another scheme, or an `s3://` address without a bucket.
 */
export function parseLocation(text: string): Location {
  if (text === '-') return { scheme: 'stdin' }
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase()
  if (scheme === undefined || scheme.length === 1) return fileLocation(text)
  if (scheme === 's3') return s3Location(text)
  if (scheme === 'memory') return { scheme: 'memory', key: text.slice('memory:'.length) }
  if (scheme === 'file') {
    if (!text.startsWith('file:///'))
      throw badLocation(text, 'a file address has three slashes, as in file:///data/events')
    return fileLocation(pathOfUrl(text))
  }
  if (scheme === 's3a' || scheme === 's3n') throw badLocation(text, `write it as s3:${text.slice(scheme.length + 1)}`)
  throw badLocation(text, 'expected s3://bucket/key, file:///path, a path, or - for standard input')
}

/** The text that `parseLocation` reads back. */
export function formatLocation(location: Location): string {
  switch (location.scheme) {
    case 'file':
      return location.path
    case 's3':
      return `s3://${location.bucket}/${location.key}`
    case 'memory':
      return `memory:${location.key}`
    case 'stdin':
      return '-'
  }
}

/** The address as a folder: with a `/` at its end. */
export function asFolder(location: Location): Location {
  switch (location.scheme) {
    case 'file':
      return { scheme: 'file', path: withSlash(location.path) }
    case 's3':
      return { ...location, key: location.key === '' ? '' : withSlash(location.key) }
    case 'memory':
      return { scheme: 'memory', key: location.key === '' ? '' : withSlash(location.key) }
    case 'stdin':
      throw authorError('BAD_LOCATION', 'standard input is no folder')
  }
}

/** The address of something in a folder; `name` may hold `/`. */
export function joinLocation(folder: Location, name: string): Location {
  const parent = asFolder(folder)
  switch (parent.scheme) {
    case 'file':
      return { scheme: 'file', path: parent.path + name }
    case 's3':
      return { ...parent, key: parent.key + name }
    case 'memory':
      return { scheme: 'memory', key: parent.key + name }
    case 'stdin':
      return parent
  }
}

/** The folder around an object or a folder; undefined for the root of a bucket or of the file system. */
export function parentLocation(location: Location): Location | undefined {
  switch (location.scheme) {
    case 'file': {
      const parent = parentOf(location.path)
      return parent === undefined ? undefined : { scheme: 'file', path: parent }
    }
    case 's3': {
      const parent = parentOf(location.key)
      return parent === undefined ? undefined : { ...location, key: parent }
    }
    case 'memory': {
      const parent = parentOf(location.key)
      return parent === undefined ? undefined : { scheme: 'memory', key: parent }
    }
    case 'stdin':
      return undefined
  }
}

/**
 * Whether one address is equal to, inside or around the other. `s3://b/a` and `s3://b/ab` are apart; `s3://b/a` and `s3://b/a/` are
 * equal.
 */
export function overlaps(left: Location, right: Location): boolean {
  if (left.scheme === 'stdin' || right.scheme === 'stdin' || left.scheme !== right.scheme) return false
  if (left.scheme === 's3' && right.scheme === 's3' && left.bucket !== right.bucket) return false
  const [a, b] = [left, right].map((location) => {
    const folder = asFolder(location) as Exclude<Location, { scheme: 'stdin' }>
    return folder.scheme === 'file' ? folder.path : folder.key
  })
  return a.startsWith(b) || b.startsWith(a)
}

/** The place's root, folders and name in one text, without what comes before them: what globs are held against. */
export function keyOf(location: Location): string {
  switch (location.scheme) {
    case 'file':
      return location.path
    case 'stdin':
      return '-'
    default:
      return location.key
  }
}

function fileLocation(text: string): Location {
  if (text === '') throw badLocation(text, 'expected s3://bucket/key, file:///path, a path, or - for standard input')
  const path = isAbsolute(text) ? resolve(text) : resolve(process.cwd(), text)
  return { scheme: 'file', path: text.endsWith('/') || text.endsWith(sep) ? withSlash(path) : path }
}

/** The path of a `file:` address; a plain path with a zero in it cannot come from a command line, one of these can. */
function pathOfUrl(text: string): string {
  try {
    const path = fileURLToPath(new URL(text))
    if (!path.includes('\0')) return path
  } catch {
    // Not UTF-8 behind its % signs, or a slash.
  }
  throw badLocation(text, 'its % signs do not spell a path')
}

function s3Location(text: string): Location {
  const parts = /^s3:\/\/([^/]+)(?:\/(.*))?$/s.exec(text)
  if (parts === null) throw badLocation(text, 'expected s3://bucket/key')
  if (!/^[\w.-]+$/.test(parts[1])) {
    // What stands there may be a password that belongs nowhere.
    throw badLocation('s3://…', 'the name of a bucket has letters, digits, dots, hyphens and underscores')
  }
  return { scheme: 's3', bucket: parts[1], key: parts[2] ?? '' }
}

function parentOf(path: string): string | undefined {
  const name = path.endsWith('/') ? path.slice(0, -1) : path
  if (name === '') return undefined
  return name.slice(0, name.lastIndexOf('/') + 1)
}

function withSlash(path: string): string {
  return path.endsWith('/') ? path : `${path}/`
}

function badLocation(text: string, help: string) {
  return authorError('BAD_LOCATION', `"${text}" is not a place that can be read or written`, { help })
}
