/** The first names of many, for an error, and a line that says how many more there are. */
export function firstNames(first: readonly string[], count: number): readonly string[] {
  return count > first.length ? [...first, `… and ${count - first.length} more`] : first
}
