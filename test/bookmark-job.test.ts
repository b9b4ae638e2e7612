import { mkdir, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import {
  type BookmarkOptions,
  type Report,
  type RunOptions,
  resetBookmark,
  rewindBookmark,
  runJob,
  setBookmarkToNow,
  showBookmark,
} from '@fletching/engine'
import job from '@fletching/jobs/segment-to-personalize'
import { fuzzCases, inFolder, randomFrom, testSeed } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { event, linesOf } from './faults/run.ts'

const ENABLE: RunOptions = { bookmark: 'enable', csv: 'increment' }
const STATE = '_fletching/segment-to-personalize/csv'

/** A folder with an input that grows, a CSV and a table. */
class Place {
  readonly folder: string
  readonly notes: string[] = []

  constructor(folder: string) {
    this.folder = folder
  }

  params({ hasTable = true } = {}) {
    return {
      S3_JSON_INPUT_PATH: join(this.folder, 'in'),
      S3_CSV_OUTPUT_PATH: join(this.folder, 'csv'),
      S3_PARQUET_OUTPUT_PATH: hasTable ? join(this.folder, 'table') : undefined,
      DEDUPE: undefined,
    }
  }

  async input(): Promise<string> {
    await mkdir(join(this.folder, 'in'), { recursive: true })
    return join(this.folder, 'in')
  }

  /** Puts an object of events of these users, one of each day from the 18th on, into the input. */
  async put(name: string, ...users: readonly string[]): Promise<void> {
    const lines = users.map((user, number) => event(user, `,"timestamp":"2019-05-${18 + (number % 3)}T12:00:00Z"`))
    await writeFile(join(await this.input(), name), gzipSync(linesOf(lines)))
  }

  /** Options beside those of a bookmark, or in their place. */
  run(options: RunOptions = {}, bookmark: RunOptions = ENABLE): Promise<Report> {
    return runJob(job, this.params(), { ...bookmark, onNote: (note) => this.notes.push(note), ...options })
  }

  /** What a run that fails says, without the names of the place. */
  async refusal(options: RunOptions = {}, bookmark: RunOptions = ENABLE): Promise<string> {
    const files = await this.files()
    const said = await this.run(options, bookmark).then(
      () => 'nothing',
      ({ message }: Error) => message,
    )
    expect(await this.files()).toEqual(files)
    return said.replaceAll(this.folder, '.').replaceAll(RUN_ID, 'RUN').replace('\n  at job segment-to-personalize', '')
  }

  /** The users of the table, in order. */
  async tableUsers(): Promise<string[]> {
    const connection = await (await DuckDBInstance.create()).connect()
    const glob = `'${this.folder}/table/*/*.parquet'`
    const rows = await connection.runAndReadAll(`SELECT user_id FROM ${glob} ORDER BY user_id`)
    return rows.getRows().map(([user]) => String(user))
  }

  async csvUsers(): Promise<string[]> {
    const csv = await readFile(join(this.folder, 'csv/part-00000.csv'), 'utf8')
    return csv
      .split('\n')
      .slice(1, -1)
      .map((row) => row.slice(0, row.indexOf(',')))
  }

  /** The lines that were refused, in order. */
  async rejects(): Promise<string[]> {
    return Object.entries(await this.files())
      .filter(([name]) => name.endsWith('.ndjson') && name.includes('rejects'))
      .flatMap(([, text]) => text.trimEnd().split('\n'))
      .map((line) => (JSON.parse(line) as { text: string }).text)
      .sort()
  }

  /** All files but those of the input, with their content. */
  async files(): Promise<Record<string, string>> {
    const entries = await readdir(this.folder, { recursive: true, withFileTypes: true })
    const names = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
    const own = names.filter((name) => !name.startsWith(join(this.folder, 'in/'))).sort()
    return Object.fromEntries(await Promise.all(own.map(async (name) => [name, await readFile(name, 'latin1')])))
  }
}

const RUN_ID = /\d{8}T\d{6}Z-[0-9a-f]{12}/g

function inPlace(work: (place: Place) => Promise<void>): Promise<void> {
  return inFolder((folder) => work(new Place(folder)))
}

describe('a run with a bookmark', () => {
  it('reads what no run has read, whatever its name and its age', () =>
    inPlace(async (place) => {
      await place.put('b', 'b1', 'b2')
      expect((await place.run()).accounting.rows).toBe(2)
      // One that sorts before, one that was there under another name, and one beside them.
      await place.put('a', 'a1')
      await rename(join(place.folder, 'in/a'), join(place.folder, 'in/a0'))
      await place.put('c', 'c1', 'c2', 'c3')
      const report = await place.run()
      expect(Array.from(report.inputs, ({ name }) => name.slice(-2))).toEqual(['a0', '/c'])
      expect(report.skipped).toMatchObject({ 'read by an earlier run': 1 })
      expect(await place.csvUsers()).toEqual(['a1', 'c1', 'c2', 'c3'])
      expect(await place.tableUsers()).toEqual(['a1', 'b1', 'b2', 'c1', 'c2', 'c3'])
    }))

  it('changes nothing where nothing is new, and says so', () =>
    inPlace(async (place) => {
      await place.put('a', 'a1')
      await place.run()
      const files = await place.files()
      const report = await place.run()
      expect(report).toMatchObject({ inputs: [], outputs: [], accounting: { lines: 0, rows: 0 } })
      expect(place.notes).toEqual([
        'nothing is new, and no output was changed; objects passed over: 1 read by an earlier run',
      ])
      expect(await place.files()).toEqual(files)
    }))

  it('gives what one run over all gives, however the input comes and on any number of threads', () =>
    inPlace(async (place) => {
      const random = randomFrom(testSeed)
      const users: string[] = []
      for (let round = 0; round < 12; round++) {
        for (let count = random.below(4); count >= 0; count--) {
          const name = `${random.below(1000)}-${round}-${count}`
          const of = Array.from({ length: 1 + random.below(40) }, (_, number) => `${name}-${number}`)
          users.push(...of)
          await place.put(name, ...of)
        }
        const bounds = [{}, { filesMax: 2 }, { bytesMax: 300 }, { rowsMax: 30 }][random.below(4)]
        await place.run({ ...bounds, workers: 1 + random.below(2) })
      }
      for (let left = true; left; ) left = (await place.run()).inputs.length > 0
      expect(await place.tableUsers(), `seed ${testSeed}`).toEqual(users.sort())
    }))

  it('moves the bookmark although no row came out', () =>
    inPlace(async (place) => {
      await place.put('a', 'a1')
      await place.run()
      await writeFile(join(place.folder, 'in/b'), '\n')
      expect(await place.refusal()).toMatch(/^EMPTY_RESULT/)
      await place.run({ onEmpty: 'skip' })
      expect((await showBookmark(job, place.params())).runs).toMatchObject([
        { objects: 1, rows: 1 },
        { objects: 1, rows: 0 },
      ])
      expect(await place.csvUsers()).toEqual(['a1'])
      expect((await place.run()).inputs).toHaveLength(0)
    }))

  it('keeps the lines that earlier runs refused, until their objects are new again', () =>
    inPlace(async (place) => {
      for (const name of ['a', 'b', 'c']) {
        await writeFile(join(await place.input(), name), linesOf([`{"${name}`, event(name)]))
        await place.run({ onMalformed: 'quarantine' })
      }
      await place.put('d', 'd1')
      await place.run()
      expect(await place.rejects()).toEqual(['{"a', '{"b', '{"c'])
      const { runs } = await showBookmark(job, place.params())
      await rewindBookmark(job, place.params(), runs[0].id, { outputs: 'remove' })
      expect(await place.rejects()).toEqual(['{"a'])
      await place.run({ onMalformed: 'quarantine' })
      expect(await place.rejects()).toEqual(['{"a', '{"b', '{"c'])
    }))

  it('asks what becomes of refused lines that would be refused again, of a job without a table too', () =>
    inPlace(async (place) => {
      const params = place.params({ hasTable: false })
      const run = () => runJob(job, params, { ...ENABLE, onMalformed: 'quarantine' })
      for (const name of ['a', 'b']) {
        await writeFile(join(await place.input(), name), linesOf([`{"${name}`, event(name)]))
        await run()
      }
      const { runs } = await showBookmark(job, params)
      await expect(rewindBookmark(job, params, runs[0].id)).rejects.toThrow(
        /^WOULD_DOUBLE: the next run would write again the rows of 1 of the job's files\n {2}at .*rejects-.*, rows: 1\n/,
      )
      await rewindBookmark(job, params, runs[0].id, { outputs: 'remove' })
      await run()
      expect(await place.rejects()).toEqual(['{"a', '{"b'])
      expect((await resetBookmark(job, params, { outputs: 'keep' })).removed).toEqual([])
      await run()
      expect(await place.rejects()).toEqual(['{"a', '{"a', '{"b', '{"b'])
    }))

  it('does not move it when the run fails', () =>
    inPlace(async (place) => {
      await place.put('a', 'a1')
      await writeFile(join(place.folder, 'in/b'), 'no JSON\n')
      expect(await place.refusal()).toMatch(/^MALFORMED_JSON/)
      await place.put('b', 'b1')
      await place.run()
      expect(await place.tableUsers()).toEqual(['a1', 'b1'])
    }))

  it('reads an object alone', () =>
    inPlace(async (place) => {
      await place.put('a', 'a1')
      const params = { ...place.params(), S3_JSON_INPUT_PATH: join(place.folder, 'in/a') }
      expect((await runJob(job, params, ENABLE)).accounting.rows).toBe(1)
      expect((await runJob(job, params, ENABLE)).inputs).toHaveLength(0)
      await expect(runJob(job, { ...params, S3_JSON_INPUT_PATH: '-' }, ENABLE)).rejects.toThrow(
        'NO_VERSIONS: a bookmark cannot tell what is new in standard input',
      )
    }))
})

describe('an object that changed', () => {
  async function changed(place: Place): Promise<void> {
    await place.put('a', 'a1')
    await place.put('b', 'b1')
    await place.run()
    await place.put('a', 'a1', 'a2')
  }

  it('stops the run', () =>
    inPlace(async (place) => {
      await changed(place)
      expect(await place.refusal()).toBe(`OBJECT_CHANGED_SINCE: an earlier run read another version of 1 of the objects
  at ./in/a
  nothing was read or written: the outputs hold the rows of the old versions
  --on-changed reprocess reads them again, which adds their rows to those of the old versions; --on-changed skip leaves them out
  where their content is the same, as after a copy, fletching bookmark set-to-now takes all that is in the input now for read, new objects too`)
    }))

  it('is read again', () =>
    inPlace(async (place) => {
      await changed(place)
      await place.run({ onChanged: 'reprocess' })
      expect(await place.tableUsers()).toEqual(['a1', 'a1', 'a2', 'b1'])
      expect((await place.run()).inputs).toHaveLength(0)
    }))

  it('has changed once more when the run that read it again is forgotten', () =>
    inPlace(async (place) => {
      await changed(place)
      await place.run({ onChanged: 'reprocess' })
      const { runs } = await showBookmark(job, place.params())
      await rewindBookmark(job, place.params(), runs[0].id, { outputs: 'remove' })
      expect(await place.refusal()).toMatch(/^OBJECT_CHANGED_SINCE: /)
      await place.run({ onChanged: 'reprocess' })
      expect(await place.tableUsers()).toEqual(['a1', 'a1', 'a2', 'b1'])
    }))

  it('is left out', () =>
    inPlace(async (place) => {
      await changed(place)
      await place.put('c', 'c1')
      const { skipped } = await place.run({ onChanged: 'skip' })
      expect(skipped).toMatchObject({ 'changed since an earlier run read it': 1, 'read by an earlier run': 1 })
      expect(await place.tableUsers()).toEqual(['a1', 'b1', 'c1'])
    }))
})

describe('a bounded run', () => {
  it.each<[string, RunOptions, string[][]]>([
    ['by objects', { filesMax: 2 }, [['a', 'b'], ['c', 'd'], []]],
    ['by bytes, at least one object', { bytesMax: 1 }, [['a'], ['b'], ['c'], ['d'], []]],
    ['by rows, to the end of the small objects that are read together', { rowsMax: 1 }, [['a', 'b', 'c', 'd'], []]],
    ['by all of them', { filesMax: 3, bytesMax: 1_000_000, rowsMax: 9 }, [['a', 'b', 'c'], ['d'], []]],
  ])('leaves the rest to the next: %s', (_, bounds, read) =>
    inPlace(async (place) => {
      for (const name of ['a', 'b', 'c', 'd']) await place.put(name, `${name}1`, `${name}2`)
      for (const names of read) {
        const { inputs, skipped } = await place.run(bounds)
        expect(Array.from(inputs, ({ name }) => name.slice(-1))).toEqual(names)
        const known = await showBookmark(job, place.params())
        if (names.length > 0) expect(skipped['left to the next run'] ?? 0).toBe(4 - known.objects)
      }
      expect(await place.tableUsers()).toEqual(['a1', 'a2', 'b1', 'b2', 'c1', 'c2', 'd1', 'd2'])
    }),
  )

  it.each([1, 2])('by rows ends between large objects, on %d threads', (workers) =>
    inPlace(async (place) => {
      const many = (name: string) => Array.from({ length: 9000 }, (_, number) => `${name}${number}`)
      const write = (name: string) =>
        writeFile(join(place.folder, 'in', name), linesOf(many(name).map((user) => event(user))))
      await mkdir(join(place.folder, 'in'))
      for (const name of ['a', 'b', 'c']) await write(name)
      const rows: number[] = []
      for (let left = true; left; ) {
        const { accounting, inputs } = await place.run({ rowsMax: 9001, workers })
        rows.push(accounting.rows)
        left = inputs.length > 0
      }
      expect(rows).toEqual([18_000, 9000, 0])
      expect(await place.tableUsers()).toEqual(['a', 'b', 'c'].flatMap(many).sort())
    }),
  )

  it('is none by rows for a job that drops duplicates', () =>
    inPlace(async (place) => {
      await place.put('a', 'a1')
      const params = { ...place.params(), DEDUPE: 'messageId' }
      await expect(runJob(job, params, { ...ENABLE, rowsMax: 1 })).rejects.toThrow(
        /^BAD_OPTION: --max-rows cannot bound a job that drops duplicates/,
      )
    }))
})

describe('a paused bookmark', () => {
  it('stays where it is', () =>
    inPlace(async (place) => {
      await place.put('a', 'a1')
      await place.run()
      await place.put('b', 'b1')
      const paused: RunOptions = { ...ENABLE, bookmark: 'pause' }
      for (let times = 0; times < 2; times++) {
        await runJob(job, place.params({ hasTable: false }), paused)
        expect(await place.csvUsers()).toEqual(['b1'])
      }
      expect((await place.run()).inputs).toHaveLength(1)
      expect(await place.tableUsers()).toEqual(['a1', 'b1'])
    }))

  it('leaves no refused lines that the next run refuses again', () =>
    inPlace(async (place) => {
      const quarantine: RunOptions = { ...ENABLE, onMalformed: 'quarantine' }
      const pause = () => runJob(job, place.params({ hasTable: false }), { ...quarantine, bookmark: 'pause' })
      for (const name of ['a', 'b']) {
        await writeFile(join(await place.input(), name), linesOf([`{"${name}`, event(name)]))
        for (let times = 0; times < 2; times++) {
          await pause()
          expect(await place.rejects()).toEqual(name === 'a' ? ['{"a'] : ['{"a', '{"b'])
        }
        await place.run({}, quarantine)
      }
      expect(await place.rejects()).toEqual(['{"a', '{"b'])
    }))

  it('reads again what some runs have read', () =>
    inPlace(async (place) => {
      for (const name of ['a', 'b', 'c', 'd']) {
        await place.put(name, `${name}1`)
        await place.run()
      }
      await place.put('e', 'e1')
      const { runs } = await showBookmark(job, place.params())
      const unknown = { bookmarkFrom: 'r1', bookmarkTo: 'r2' }
      await expect(
        runJob(job, place.params({ hasTable: false }), { ...ENABLE, bookmark: 'pause', ...unknown }),
      ).rejects.toThrow(/^UNKNOWN_RUN: the bookmark knows no run "r1"/)
      const range = { bookmarkFrom: runs[0].id, bookmarkTo: runs[2].id }
      await runJob(job, place.params({ hasTable: false }), { ...ENABLE, bookmark: 'pause', ...range })
      expect(await place.csvUsers()).toEqual(['b1', 'c1'])
      const read = async (of: RunOptions) => {
        await runJob(job, place.params({ hasTable: false }), { ...ENABLE, bookmark: 'pause', ...of })
        return place.csvUsers()
      }
      expect(await read({ bookmarkTo: runs[1].id })).toEqual(['a1', 'b1'])
      expect(await read({ bookmarkFrom: runs[1].id })).toEqual(['c1', 'd1'])
      // What changed elsewhere is none of theirs.
      await place.put('d', 'd1', 'd2')
      expect(await read(range)).toEqual(['b1', 'c1'])
      expect(await read({ ...range, onChanged: 'reprocess' })).toEqual(['b1', 'c1'])
      await expect(read({ bookmarkFrom: runs[3].id })).rejects.toThrow(/^BAD_OPTION: no run lies between/)
    }))

  it('writes no table', () =>
    inPlace(async (place) => {
      await place.put('a', 'a1')
      expect(
        await place.refusal({ bookmark: 'pause' }),
      ).toBe(`BAD_OPTION: a run whose bookmark is paused cannot add to a table
  its rows stay new, and the next run would add them again; leave the location of the table out`)
    }))
})

describe('a CSV of the rows of all runs', () => {
  const FULL: RunOptions = { bookmark: 'enable', csv: 'full' }
  const PAUSE: RunOptions = { bookmark: 'pause', csv: 'increment' }
  const LACKING = 'nothing is new; the CSV does not hold the rows of all runs, and is written anew from the table'
  const nothing = (count: number) =>
    `nothing is new, and no output was changed; objects passed over: ${count} read by an earlier run`
  const csvIn = ({ folder }: Place) => join(folder, 'csv/part-00000.csv')

  it.each<[string, RunOptions, (place: Place) => Promise<void>]>([
    ['runs wrote their own', {}, async () => {}],
    ['it was removed', {}, (place) => rm(csvIn(place))],
    ['it was cut', {}, (place) => truncate(csvIn(place), 50)],
    ['it was removed, whatever is to become of no rows', { onEmpty: 'skip' }, (place) => rm(csvIn(place))],
    ['it was removed, with a header for no rows', { onEmpty: 'header', partitionBy: [] }, (place) => rm(csvIn(place))],
  ])('is written although nothing is new when %s', (_, options, change) =>
    inPlace(async (place) => {
      for (const name of ['a', 'b']) {
        await place.put(name, `${name}1`, `${name}2`)
        await place.run(options)
      }
      await change(place)
      const [table, { runs }] = [await tableIn(place), await showBookmark(job, place.params())]
      const { inputs, outputs } = await place.run(options, FULL)
      expect(inputs).toHaveLength(0)
      expect(outputs).toMatchObject([{ format: 'csv', rows: 4 }])
      expect(await place.csvUsers()).toEqual(['a1', 'a2', 'b1', 'b2'])
      expect([await tableIn(place), (await showBookmark(job, place.params())).runs]).toEqual([table, runs])
      const files = await place.files()
      await place.run(options, FULL)
      expect(await place.files()).toEqual(files)
      expect(place.notes).toEqual([LACKING, nothing(2)])
      await place.put('c', 'c1')
      await place.run(options, FULL)
      expect(await place.csvUsers()).toEqual(['a1', 'a2', 'b1', 'b2', 'c1'])
    }),
  )

  it('is written by a run without a row of its own that leaves the CSV of earlier ones', () =>
    inPlace(async (place) => {
      const skip: RunOptions = { onEmpty: 'skip', onMalformed: 'quarantine' }
      for (const name of ['a', 'b']) {
        await place.put(name, `${name}1`)
        await place.run()
      }
      expect(await place.csvUsers()).toEqual(['b1'])
      const table = await tableIn(place)
      await writeFile(join(place.folder, 'in/c'), '{"c\n')
      expect((await place.run(skip, FULL)).outputs).toMatchObject([{ format: 'rejects' }, { format: 'csv', rows: 2 }])
      expect(await place.csvUsers()).toEqual(['a1', 'b1'])
      expect([await tableIn(place), await place.rejects()]).toEqual([table, ['{"c']])
      // It holds them already.
      await writeFile(join(place.folder, 'in/d'), '{"d\n')
      expect((await place.run(skip, FULL)).outputs).toMatchObject([{ format: 'rejects' }])
      expect((await place.run(skip, FULL)).inputs).toHaveLength(0)
    }))

  it('is not written where no run had a row', () =>
    inPlace(async (place) => {
      await writeFile(join(await place.input(), 'a'), linesOf([event('')]))
      await place.run({ onEmpty: 'skip' })
      const files = await place.files()
      await place.run({ onEmpty: 'skip' }, FULL)
      expect(await place.files()).toEqual(files)
      expect(place.notes).toEqual([nothing(1)])
    }))

  it('has no rows of runs whose bookmark was paused', () =>
    inPlace(async (place) => {
      const pause = () => runJob(job, place.params({ hasTable: false }), PAUSE)
      await place.put('a', 'a1')
      await pause()
      await place.run({}, FULL)
      expect(await place.csvUsers()).toEqual(['a1'])
      await place.put('b', 'b1', 'b2')
      await pause()
      expect(await place.csvUsers()).toEqual(['b1', 'b2'])
      await place.run({}, FULL)
      expect(await place.csvUsers()).toEqual(['a1', 'b1', 'b2'])
    }))

  it('is refused when the last run the bookmark knows wrote no table', () =>
    inPlace(async (place) => {
      await place.put('a', 'a1')
      const { outputs } = await runJob(job, place.params({ hasTable: false }), ENABLE)
      await rewindBookmark(job, place.params(), outputs[0].run)
      await place.put('b', 'b1')
      expect(
        await place.refusal({}, FULL),
      ).toBe(`NO_EARLIER_ROWS: run RUN has written 1 row, and 0 of them into the table
  at ./table/
  at --csv full
  every run must write the table; --csv increment needs none
  to write everything anew, which loses the rows of what the input no longer holds: --write-mode replace over the whole input; with a bookmark, fletching bookmark reset JOB --outputs remove, then the same run`)
      await resetBookmark(job, place.params(), { outputs: 'remove' })
      await place.run({}, FULL)
      expect(await place.csvUsers()).toEqual(['a1', 'b1'])
    }))

  /** The files of the table. */
  async function tableIn({ folder }: Place): Promise<string[]> {
    return (await readdir(join(folder, 'table'), { recursive: true })).sort()
  }
})

describe('a bookmark is refused', () => {
  it.each<[string, RunOptions, string]>([
    [
      'bounds without it',
      { filesMax: 1 },
      `BAD_OPTION: --max-files needs a bookmark: a run without one reads its whole input
  give --job-bookmark-option job-bookmark-enable, or leave it out`,
    ],
    [
      'a range that is not paused',
      { ...ENABLE, bookmarkFrom: 'r1', bookmarkTo: 'r2' },
      `BAD_OPTION: --job-bookmark-from and --job-bookmark-to go with job-bookmark-pause alone
  they name the runs whose objects are read again; the bookmark stays where it is`,
    ],
    [
      'no word on the CSV',
      { bookmark: 'enable' },
      `BAD_OPTION: nothing says what the CSV of a run that appends is to hold
  at --job-bookmark-option job-bookmark-enable
  a CSV is one object and cannot be appended to; --csv full writes it anew with the rows of all runs, --csv increment with those of this run alone`,
    ],
    [
      'outputs that are replaced',
      { ...ENABLE, writeMode: 'replace' },
      `BAD_OPTION: a run with a bookmark appends: what it does not read is in the outputs already
  at --write-mode replace
  leave it out; or read the whole input, without a bookmark, into other outputs`,
    ],
  ])('%s', (_, options, message) =>
    inPlace(async (place) => {
      await place.put('a', 'a1')
      expect(await place.refusal(options, {})).toBe(message)
    }),
  )

  it('by a run without it, where it is in use', () =>
    inPlace(async (place) => {
      await place.put('a', 'a1')
      await place.run()
      expect(await place.refusal({}, {})).toBe(`BOOKMARK_IN_USE: runs with a bookmark have written these outputs
  at ./${STATE}/ledger.json
  nothing was read or written: a run without a bookmark would replace their outputs by those of what the input holds now
  give --job-bookmark-option job-bookmark-enable; or write to other outputs; or give the bookmark up with fletching bookmark reset`)
    }))

  it('by a table whose rows it does not know, until it is told', () =>
    inPlace(async (place) => {
      await place.put('a', 'a1')
      await runJob(job, place.params())
      expect(
        await place.refusal(),
      ).toBe(`BOOKMARK_BEHIND: the table was written by run RUN, which the bookmark does not know
  at ./${STATE}/manifest.json
  nothing was read or written: what that run read would be read again, and its rows would be in the table twice
  write to other outputs; or, when the table holds all that the input holds now, begin behind it with fletching bookmark set-to-now`)
      expect(await setBookmarkToNow(job, place.params())).toMatchObject({
        runs: [{ objects: 1, rows: 0 }],
        forgotten: [],
      })
      await place.put('b', 'b1')
      await place.run()
      expect(await place.tableUsers()).toEqual(['a1', 'b1'])
    }))

  it('by a table at another place', () =>
    inPlace(async (place) => {
      await place.put('a', 'a1')
      await place.run()
      await place.put('b', 'b1')
      const files = await place.files()
      const elsewhere = { ...place.params(), S3_PARQUET_OUTPUT_PATH: join(place.folder, 'other') }
      const [part] = Object.keys(files).filter((name) => name.endsWith('.parquet'))
      await expect(runJob(job, elsewhere, ENABLE)).rejects.toMatchObject({
        kind: 'author',
        message: `OTHER_TABLE: run ${RUN_ID.exec(part)?.[0]} has written a table that this run does not add to
  at ${part}
  at this run: ${place.folder}/other/
  at job segment-to-personalize
  nothing was read or written; give the location of that table; or outputs and a state folder of its own to a run that reads everything`,
      })
      expect(await place.files()).toEqual(files)
      await runJob(job, place.params({ hasTable: false }), { ...ENABLE, bookmark: 'pause' })
      await place.run()
      expect(await place.tableUsers()).toEqual(['a1', 'b1'])
    }))

  it('by another job, until it is told', () =>
    inPlace(async (place) => {
      await place.put('a', 'a1')
      await place.run()
      await place.put('b', 'b1')
      const other = { ...place.params(), DEDUPE: 'messageId' }
      const said = await runJob(job, other, ENABLE).catch(({ message }: Error) => message.replaceAll(place.folder, '.'))
      const [{ id }] = (await showBookmark(job, place.params())).runs
      expect(said).toBe(`JOB_CHANGED: the job is not the one whose runs the bookmark knows
  at ./${STATE}/ledger.json
  at job segment-to-personalize
  nothing was read or written: its rows would stand beside rows of the other
  give the new job outputs of its own; or go on with it from here with fletching bookmark rewind JOB ${id}; or begin anew with fletching bookmark reset`)
      expect(await showBookmark(job, other)).toMatchObject({ isOfJob: false })
      await rewindBookmark(job, other, id)
      expect(await showBookmark(job, other)).toMatchObject({ isOfJob: true, objects: 1 })
      await runJob(job, other, ENABLE)
      expect(await place.tableUsers()).toEqual(['a1', 'b1'])
    }))
})

describe('two runs at once', () => {
  it('end well, or say that they were overtaken', () =>
    inPlace(async (place) => {
      const said = new Set<string>()
      const rounds = fuzzCases(15)
      for (let round = 0; round < rounds; round++) {
        await place.put(`${round}`, `u${round}`)
        const runs = await Promise.allSettled(Array.from({ length: 3 }, () => place.run({ csv: 'full' })))
        expect(runs.some(({ status }) => status === 'fulfilled')).toBe(true)
        for (const run of runs) if (run.status === 'rejected') said.add((run.reason as { code: string }).code)
      }
      expect([...said].filter((code) => code !== 'OVERTAKEN')).toEqual([])
      const users = Array.from({ length: rounds }, (_, round) => `u${round}`).sort()
      expect(await place.tableUsers()).toEqual(users)
      expect((await place.csvUsers()).sort()).toEqual(users)
    }))
})

describe('a bookmark that is moved', () => {
  it('and has taken the outputs away does not keep a run from reading all again', () =>
    inPlace(async (place) => {
      await place.put('a', 'a1')
      const append: RunOptions = { writeMode: 'append', csv: 'full' }
      const { outputs } = await place.run(append, {})
      expect(outputs).toHaveLength(2)
      await place.run(append, {})
      expect(await place.tableUsers()).toEqual(['a1'])
      await setBookmarkToNow(job, place.params())
      await resetBookmark(job, place.params(), { outputs: 'keep' })
      await place.run(append, {})
      expect(await place.tableUsers()).toEqual(['a1', 'a1'])
    }))

  it('by another job is refused', () =>
    inPlace(async (place) => {
      await place.put('a', 'a1')
      await place.run()
      const [{ id }] = (await showBookmark(job, place.params())).runs
      const other = place.params({ hasTable: false })
      await expect(setBookmarkToNow(job, other)).rejects.toThrow(/^JOB_CHANGED/)
      await expect(rewindBookmark(job, other, id)).rejects.toThrow(
        /^NO_TABLE: the runs that the bookmark knows have written a table, and this job writes none/,
      )
      await expect(setBookmarkToNow(job, { ...other, S3_JSON_INPUT_PATH: '-' })).rejects.toThrow(
        /^(NO_VERSIONS|JOB_CHANGED)/,
      )
    }))

  /** Three runs, and the names of what each put into the table. */
  async function three(place: Place) {
    for (const name of ['a', 'b', 'c']) {
      await place.put(name, `${name}1`)
      await place.run()
    }
    const { runs } = await showBookmark(job, place.params())
    return { runs, tableOf: (id: string) => join(place.folder, `table/dt=2019-05-18/part-00000-${id}.parquet`) }
  }

  it('knows its runs', () =>
    inPlace(async (place) => {
      expect(await showBookmark(job, place.params())).toEqual({
        ledger: undefined,
        isOfJob: true,
        runs: [],
        objects: 0,
      })
      const { runs } = await three(place)
      expect(runs.map(({ objects, rows }) => ({ objects, rows }))).toEqual(Array(3).fill({ objects: 1, rows: 1 }))
      expect(await showBookmark(job, place.params())).toEqual({
        ledger: join(place.folder, STATE, 'ledger.json'),
        isOfJob: true,
        runs,
        objects: 3,
      })
    }))

  it.each<[string, (place: Place, id: string, options: BookmarkOptions) => Promise<unknown>, number]>([
    ['rewound', (place, id, options) => rewindBookmark(job, place.params(), id, options), 1],
    ['reset', (place, _, options) => resetBookmark(job, place.params(), options), 0],
  ])('%s, names what would be written twice, and keeps or removes it', (_, move, kept) =>
    inPlace(async (place) => {
      const { runs, tableOf } = await three(place)
      const files = await place.files()
      const doubled = runs.slice(kept)
      const said = await move(place, runs[0].id, {}).catch(({ message }: Error) => message)
      expect(said).toBe(`WOULD_DOUBLE: the next run would write again the rows of ${doubled.length} of the job's files
${doubled.map(({ id }) => `  at ${tableOf(id)}, rows: 1\n`).join('')}  at job segment-to-personalize
  nothing was changed; --outputs remove takes them away with the bookmark, --outputs keep leaves them, and their rows will be there twice`)
      expect(await place.files()).toEqual(files)
      expect(await move(place, runs[0].id, { outputs: 'remove' })).toEqual({
        runs: runs.slice(0, kept),
        forgotten: doubled,
        removed: doubled.map(({ id }) => tableOf(id)),
      })
      expect(await place.tableUsers().catch(() => [])).toEqual(kept === 0 ? [] : ['a1'])
      await place.run()
      expect(await place.tableUsers()).toEqual(['a1', 'b1', 'c1'])
      expect(await move(place, runs[0].id, { outputs: 'keep' })).toMatchObject({ removed: [] })
      await place.run()
      const twice = kept === 0 ? ['a1', 'a1', 'b1', 'b1', 'c1', 'c1'] : ['a1', 'b1', 'b1', 'c1', 'c1']
      expect(await place.tableUsers()).toEqual(twice)
    }),
  )

  it('to an unknown run is refused', () =>
    inPlace(async (place) => {
      const { runs } = await three(place)
      await expect(rewindBookmark(job, place.params(), 'r9')).rejects.toThrow(
        `UNKNOWN_RUN: the bookmark knows no run "r9"\n  at job segment-to-personalize\n  the last it knows: ${runs.map(({ id }) => id).join(', ')}; fletching bookmark show lists all`,
      )
    }))

  it('leaves nothing but its ledger', () =>
    inPlace(async (place) => {
      await three(place)
      await resetBookmark(job, place.params(), { outputs: 'remove' })
      const files = Object.keys(await place.files()).map((name) => name.slice(place.folder.length + 1))
      expect(files).toEqual([`${STATE}/ledger.json`, `${STATE}/manifest.json`, 'csv/part-00000.csv'])
      await runJob(job, place.params())
      expect(await place.tableUsers()).toEqual(['a1', 'b1', 'c1'])
    }))
})

it('a ledger whose segment is gone stops every run', () =>
  inPlace(async (place) => {
    await place.put('a', 'a1')
    await place.run()
    await rm(join(place.folder, STATE, 'ledger'), { recursive: true })
    expect(await place.refusal()).toMatch(
      /^BAD_LEDGER: the list of the objects that were read cannot be read: it is not there\n {2}at .*ledger\/RUN.ndjson\n/,
    )
  }))
