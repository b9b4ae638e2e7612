import type { Random } from '@fletching/testing'
import type { Accounting, Tally } from '../src/accounting.ts'
import { InputList } from '../src/input-list.ts'
import type { InputInfo } from '../src/report.ts'

/** What may have become of an object. */
function randomInput(random: Random): InputInfo {
  const tally = (): Tally =>
    Object.fromEntries(
      ['event', '"quoted"', 'ä\n', '7'].filter(() => random.below(2) === 0).map((name) => [name, count()]),
    )
  const count = () => random.pick([0, 1, 300, 5_000_000_000])
  const accounting: Accounting = {
    lines: count(),
    rows: count(),
    filtered: tally(),
    duplicates: count(),
    setAside: tally(),
    ...(random.below(2) === 0 ? {} : { exploded: count(), dropped: tally() }),
    malformed: tally(),
    blank: count(),
  }
  return {
    name: `s3://b/${random.below(1000)}/"inputs":[]\n😀`,
    bytes: count(),
    uncompressedBytes: count(),
    etag: random.pick([undefined, '"e"']),
    accounting,
  }
}

export function randomInputs(random: Random, length: number): InputInfo[] {
  return Array.from({ length }, () => randomInput(random))
}

export function listOf(inputs: Iterable<InputInfo>): InputList {
  const list = new InputList()
  for (const input of inputs) list.add(input)
  return list
}
