import { authorError } from '@fletching/columns/errors'
import type { ObjectInfo, Store } from '@fletching/storage'

/*
 * The small objects of JSON in a state folder.
 */

/** The whole text of one. */
export async function readText(store: Store, object: ObjectInfo): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of store.read(object)) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

/** - Errors: what `refused` makes of text that is not JSON. */
export function parseJson(text: string, refused: (why: string, cause: unknown) => Error): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw refused('it is not JSON', cause)
  }
}

/**
 * Refuses a record of another output, since nothing of it says anything about this one.
 *
 * - Errors: STATE_MISMATCH (author).
 */
export function assertSameOutput(found: string, output: string, name: string): void {
  if (found === output) return
  throw authorError('STATE_MISMATCH', `the state folder belongs to another output, ${found}`, {
    at: name,
    help: `this run writes ${output}: give it a state folder of its own with --state`,
  })
}
