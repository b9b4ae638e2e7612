import { authorError } from '@fletching/columns/errors'
import { formatLocation, type Location, openStore, parseLocation } from '@fletching/storage'

/**
 * The texts of schema files, by the parameters that name them.
 *
 * - Errors: NO_SCHEMA_FILE (author) where there is none, or what is there is too long or no UTF-8; those of the store (environment).
 */
export async function readSchemaFiles(places: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const texts = Object.entries(places).map(async ([name, place]) => [name, await readText(name, parseLocation(place))])
  return Object.fromEntries(await Promise.all(texts)) as Record<string, string>
}

async function readText(name: string, location: Location): Promise<string> {
  if (location.scheme === 'stdin') throw noSchemaFile('standard input holds no schema file', name, location)
  const store = await openStore(location)
  const object = await store.stat(location)
  if (object === undefined) throw noSchemaFile('there is no such schema file', name, location)
  if (object.size > SCHEMA_BYTES_MAX) {
    throw noSchemaFile(`a file of ${object.size} bytes is too long for a schema file`, name, location)
  }
  const chunks: Uint8Array[] = []
  for await (const chunk of store.read(object)) chunks.push(chunk.slice())
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch {
    throw noSchemaFile('the file is no UTF-8 text', name, location)
  }
}

function noSchemaFile(what: string, name: string, location: Location) {
  return authorError('NO_SCHEMA_FILE', what, {
    at: formatLocation(location),
    help: `--${name} takes the place of one; it is made of the input by: fletching schema infer IN > logs.schema.json`,
  })
}

/** Many times what a schema of thousands of fields takes. */
const SCHEMA_BYTES_MAX = 16 * 1024 * 1024
