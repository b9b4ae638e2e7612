import { readFile } from 'node:fs/promises'
import { authorError } from '@fletching/columns/errors'

/**
 * The text of a file that an option names.
 *
 * - Errors: FILE_NOT_READ (author).
 *
 * @param what - it holds, for the message
 */
export async function readTextFile(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException
    throw authorError('FILE_NOT_READ', `the ${what} cannot be read: ${code}`, {
      at: file,
      help: 'expected a file on this machine',
      cause,
    })
  }
}
