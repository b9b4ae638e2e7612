import { type BlockForm, type BlockReader, type BlockWriter, PackedList } from '@fletching/columns/packed-list'
import { type Accounting, newTally, type RowCounts, type Tally } from './accounting.ts'
import type { InputInfo } from './report.ts'

/** What became of objects, in the order of the input. Of a run it is an `InputList`, since there may be millions. */
export interface Inputs extends Iterable<InputInfo> {
  readonly length: number
}

/** Of all objects together. */
export function inputBytes(inputs: Inputs): Pick<InputInfo, 'bytes' | 'uncompressedBytes'> {
  let [bytes, uncompressedBytes] = [0, 0]
  for (const input of inputs) {
    bytes += input.bytes
    uncompressedBytes += input.uncompressedBytes
  }
  return { bytes, uncompressedBytes }
}

/**
 * What became of the objects of a run.
 *
 * - Memory: what a name does not share with the one before it, its ETag, and a byte or two for each figure: for keys as Segment writes them some
 *   110 bytes.
 */
export class InputList extends PackedList<InputInfo> implements Inputs {
  constructor() {
    super(inputForm())
  }
}

function inputForm(): BlockForm<InputInfo> {
  const names = new Names()
  return {
    write(inputs, to) {
      let before = ''
      for (const { name, bytes, uncompressedBytes, etag, accounting } of inputs) {
        to.textBehind(before, name)
        to.number(bytes)
        to.number(uncompressedBytes)
        to.optionalText(etag)
        writeAccounting(accounting, names, to)
        before = name
      }
    },
    read(from, count) {
      let before = ''
      return Array.from({ length: count }, () => {
        const name = from.textBehind(before)
        before = name
        return {
          name,
          bytes: from.number(),
          uncompressedBytes: from.number(),
          etag: from.optionalText(),
          accounting: readAccounting(names, from),
        }
      })
    },
  }
}

/** What became of the rows of an object. */
export interface RowCountsOf {
  /** The object's place in the order of the input. */
  readonly index: number
  readonly counts: RowCounts
}

/** What became of the rows of objects, some ten bytes for each. */
export class RowCountsList extends PackedList<RowCountsOf> {
  constructor() {
    super(rowCountsForm())
  }
}

function rowCountsForm(): BlockForm<RowCountsOf> {
  const names = new Names()
  return {
    write(all, to) {
      for (const { index, counts } of all) {
        to.number(index)
        writeRowCounts(counts, names, to)
      }
    },
    read(from, count) {
      return Array.from({ length: count }, () => ({ index: from.number(), counts: readRowCounts(names, from) }))
    },
  }
}

function writeAccounting(accounting: Accounting, names: Names, to: BlockWriter): void {
  to.number(accounting.lines)
  writeRowCounts(accounting, names, to)
  writeTally(accounting.malformed, names, to)
  to.number(accounting.blank)
}

function readAccounting(names: Names, from: BlockReader): Accounting {
  return {
    lines: from.number(),
    ...readRowCounts(names, from),
    malformed: readTally(names, from),
    blank: from.number(),
  }
}

function writeRowCounts(counts: RowCounts, names: Names, to: BlockWriter): void {
  const { rows, filtered, duplicates, setAside, exploded, dropped } = counts
  to.number(rows)
  writeTally(filtered, names, to)
  to.number(duplicates)
  writeTally(setAside, names, to)
  to.number(exploded === undefined ? 0 : 1)
  if (exploded !== undefined) {
    to.number(exploded)
    writeTally(dropped ?? {}, names, to)
  }
}

function readRowCounts(names: Names, from: BlockReader): RowCounts {
  return {
    rows: from.number(),
    filtered: readTally(names, from),
    duplicates: from.number(),
    setAside: readTally(names, from),
    ...(from.number() === 0 ? {} : { exploded: from.number(), dropped: readTally(names, from) }),
  }
}

function writeTally(tally: Readonly<Tally>, names: Names, to: BlockWriter): void {
  const entries = Object.entries(tally)
  to.number(entries.length)
  for (const [name, count] of entries) {
    to.number(names.numberOf(name))
    to.number(count)
  }
}

function readTally(names: Names, from: BlockReader): Tally {
  const tally = newTally()
  for (let left = from.number(); left > 0; left--) tally[names.nameOf(from.number())] = from.number()
  return tally
}

/** The words under which things are counted; there are few. */
class Names {
  readonly #names: string[] = []
  readonly #numbers = new Map<string, number>()

  numberOf(name: string): number {
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    this.#numbers.set(name, this.#names.length)
    return this.#names.push(name) - 1
  }

  nameOf(number: number): string {
    return this.#names[number]
  }
}
