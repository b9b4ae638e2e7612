/**
 * What things are called of which there are so many, for messages.
 *
 * @example
 * ```ts
 * assert.deepEqual([plural(1, 'row'), plural(2, 'row'), plural(0, 'row is', 'rows are')], ['row', 'rows', 'rows are'])
 * ```
 */
export function plural(count: number, one: string, many = `${one}s`): string {
  return count === 1 ? one : many
}
