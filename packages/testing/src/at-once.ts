/** Does something for every item, for so many of them at a time, and gives the results in the order of the items. */
export async function atOnce<T, R>(
  width: number,
  items: readonly T[],
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const turns = async () => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index], index)
  }
  await Promise.all(Array.from({ length: width }, turns))
  return results
}
