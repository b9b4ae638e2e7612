import { describe, expect, it } from 'vitest'
import { type ImportFacts, planImport } from '../src/planner.ts'

const facts: ImportFacts = {
  dataset: 'interactions',
  mode: 'auto',
  bytes: 1e6,
  records: 1000,
  holds: undefined,
  hasImport: true,
}

const FEW = (records: number) => `FEW_INTERACTIONS: the CSV has ${records} interactions, and an import needs 1000
  batch up: let a run collect the rows of several days, or import the rows of all runs (run with --csv full)
  or send few events one by one with PutEvents`
const NEEDED = `MODE_NEEDED: nothing says whether the CSV holds everything or an increment
  --mode full lets it replace what earlier imports brought, --mode incremental adds it to that
  of a CSV that fletching run wrote it is told by the manifest beside its folder`
const FIRST = 'FULL: the dataset has no import yet, and the first one is full'
const EVERYTHING = 'FULL: the CSV holds the rows of all runs: it replaces what earlier imports brought'
const INCREMENT = 'INCREMENTAL: the CSV holds the rows of one run: they are added to what earlier imports brought'
const ASKED_FULL = 'FULL: as asked for: it replaces what earlier imports brought'
const ASKED_MORE = 'INCREMENTAL: as asked for: they are added to what earlier imports brought'
const NO_FIRST = `FIRST_IMPORT_IS_FULL: the dataset has no import to add to
  Personalize takes a first import as a full one: leave --mode incremental out`
const TOO_LARGE = `INCREMENT_TOO_LARGE: the CSV has 1000000001 bytes, and an incremental import takes 1 GB
  write the rows of all runs (run with --csv full) and import them with --mode full, or import after each run`

const cases: readonly (readonly [Partial<ImportFacts>, string])[] = [
  [{ records: 999 }, FEW(999)],
  [{ records: 0, mode: 'full' }, FEW(0)],
  [{ records: 999, mode: 'incremental', holds: 'increment' }, FEW(999)],
  [{ records: 0, dataset: 'items', hasImport: false }, FIRST],
  [{ records: 1, dataset: 'users', holds: 'everything' }, EVERYTHING],
  [{ hasImport: false }, FIRST],
  [{ hasImport: false, holds: 'increment', bytes: 1e12 }, FIRST],
  [{ hasImport: false, mode: 'full' }, FIRST],
  [{ hasImport: false, mode: 'incremental' }, NO_FIRST],
  [{}, NEEDED],
  [{ holds: 'everything' }, EVERYTHING],
  [{ holds: 'increment' }, INCREMENT],
  [{ holds: 'increment', bytes: 1e9 }, INCREMENT],
  [{ holds: 'increment', bytes: 1e9 + 1 }, TOO_LARGE],
  [{ holds: 'everything', bytes: 1e9 + 1 }, EVERYTHING],
  [{ mode: 'full', holds: 'increment' }, ASKED_FULL],
  [{ mode: 'incremental' }, ASKED_MORE],
  [{ mode: 'incremental', holds: 'everything' }, ASKED_MORE],
  [{ mode: 'incremental', bytes: 1e9 + 1 }, TOO_LARGE],
]

describe('planImport', () => {
  it.each(cases)('%j', (more, answer) => {
    expect(answerTo({ ...facts, ...more })).toBe(answer)
  })
})

function answerTo(given: ImportFacts): string {
  try {
    const { mode, why } = planImport(given)
    return `${mode}: ${why}`
  } catch (error) {
    return (error as Error).message
  }
}
