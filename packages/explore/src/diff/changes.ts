import type { Surplus } from './surplus.ts'

/** A row that both inputs have by its key, with other values. */
export interface Change {
  readonly a: readonly string[]
  readonly b: readonly string[]
  /** In how many rows. */
  readonly times: number
  /** The columns that differ. */
  readonly columns: readonly number[]
}

/** The rows of one key, in pairs of A and B, and those that are left in one. Rows of a key that stands more than once are paired in their order as texts. */
export function changesOf(group: readonly Surplus[]): { readonly changes: Change[]; readonly left: Surplus[] } {
  const [a, b] = ([0, 1] as const).map((side) => group.filter((row) => row.side === side).sort(byTexts))
  const changes: Change[] = []
  const left: Surplus[] = []
  let [ofA, ofB] = [a.shift(), b.shift()]
  while (ofA !== undefined && ofB !== undefined) {
    const times = Math.min(ofA.times, ofB.times)
    const { texts } = ofB
    const columns = ofA.texts.flatMap((text, column) => (text === texts[column] ? [] : [column]))
    changes.push({ a: ofA.texts, b: texts, times, columns })
    ofA = ofA.times === times ? a.shift() : { ...ofA, times: ofA.times - times }
    ofB = ofB.times === times ? b.shift() : { ...ofB, times: ofB.times - times }
  }
  for (const row of [ofA, ...a, ofB, ...b]) if (row !== undefined) left.push(row)
  return { changes, left }
}

function byTexts(x: Surplus, y: Surplus): number {
  const [first, second] = [JSON.stringify(x.texts), JSON.stringify(y.texts)]
  return first < second ? -1 : Number(first > second)
}
