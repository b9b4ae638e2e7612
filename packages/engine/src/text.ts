import type { ObjectInfo, Store } from '@fletching/storage'

/** The whole text of a small object. */
export async function readText(store: Store, object: ObjectInfo): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of store.read(object)) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
