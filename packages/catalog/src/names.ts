/**
 * The names that keys have as columns, tables or databases of Athena: lower case, letters and digits with `_` between, a letter first,
 * 255 bytes at most, no two alike, none of them among the `others`.
 *
 * - Order: that of the keys; of those that come to one name the second gets `_2` behind it, the third `_3`.
 * - Source: Athena, "Name databases, tables, and columns".
 */
export function athenaNames(keys: readonly string[], others: readonly string[] = []): readonly string[] {
  const taken = new Set(others)
  return keys.map((key, index) => {
    const plain = plainName(key) || `column_${index + 1}`
    let name = plain
    for (let copy = 2; taken.has(name); copy++) {
      const end = `_${copy}`
      name = `${plain.slice(0, LONGEST - end.length)}${end}`
    }
    taken.add(name)
    return name
  })
}

/** The name of a key for itself; empty where the key has no letter or digit of ASCII. */
export function plainName(key: string): string {
  const name = key
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, LONGEST)
    .replace(/^_|_$/g, '')
  return /^\d/.test(name) ? `c_${name}`.slice(0, LONGEST) : name
}

/**
 * The name that the table of an output has by default, in Athena and in queries: that of its folder, of a file that of the file without
 * `.csv`, or of the bucket where it has none.
 */
export function tableNameOf(location: string): string {
  const last = location.replace(/\/+$/, '').split('/').at(-1) ?? ''
  return plainName(location.endsWith('/') ? last : last.replace(/\.csv$/i, '')) || 'data'
}

const LONGEST = 255
