import { authorError } from '@fletching/columns/errors'
import { formatLocation, type Location, openStore, type S3Options } from '@fletching/storage'

/**
 * Reads the text of a schema.
 *
 * - Errors: NO_INPUT (author) where there is nothing, SCHEMA_REFUSED (author) for more than a schema can be; those of the store.
 */
export async function readSchemaText(location: Location, s3: S3Options = {}): Promise<string> {
  const store = await openStore(location, s3)
  const object = await store.stat(location)
  const at = formatLocation(location)
  if (object === undefined)
    throw authorError('NO_INPUT', `there is no object at ${at}`, { help: 'give the address of a schema' })
  if (object.size > BYTES_MAX) {
    throw authorError('SCHEMA_REFUSED', 'the file is too large for a schema', {
      at,
      help: 'a schema has 10,000 characters at most',
    })
  }
  const pieces: Uint8Array[] = []
  for await (const bytes of store.read(object)) pieces.push(bytes.slice())
  return Buffer.concat(pieces).toString()
}

const BYTES_MAX = 1_000_000
