import { athenaNames } from '@fletching/catalog/names'

/**
 * The names that the keys of one object have as columns: those of Athena, with `_` where a key has a hump, as in `user_id` of `userId` and
 * `url_path` of `URLPath`.
 *
 * - Order: that of the keys; no name is one of `taken`, and of those that come to one name the second gets `_2` behind it.
 */
export function columnNames(keys: readonly string[], taken: readonly string[] = []): readonly string[] {
  return athenaNames(keys.map(withoutHumps), taken)
}

function withoutHumps(key: string): string {
  return key.replace(/(?<=[\p{Ll}\d])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/gu, ' ')
}
