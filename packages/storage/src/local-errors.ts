import { authorError, environmentError } from '@fletching/columns/errors'

export function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOENT' || code === 'ENOTDIR'
}

/** The system's error in our words; an error of ours stays as it is. */
export function failure(error: unknown, path: string, verb: 'read' | 'write'): unknown {
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

export function folderInTheWay(path: string) {
  return authorError('BAD_LOCATION', 'a folder stands where a file is needed', { at: path, help: 'give another path' })
}
