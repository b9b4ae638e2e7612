/** A text as a literal. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** A name as an identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** Paths as a list in which no character stands for others. */
export function pathList(paths: readonly string[]): string {
  return `[${paths.map((path) => quoted(literalPath(path))).join(', ')}]`
}

/** A path that DuckDB, which takes every path for a pattern, understands as itself. */
export function literalPath(path: string): string {
  return path.replace(/[*?[]/g, '[$&]')
}
