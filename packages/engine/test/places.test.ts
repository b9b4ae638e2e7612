import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { formatLocation, openLocalStore, parseLocation, type Store } from '@fletching/storage'
import { inFolder } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import type { RunOptions } from '../src/options.ts'
import { assertSinksWritable, openPlaces } from '../src/places.ts'
import { fileNames } from '../src/write-mode.ts'
import { type Ends, planFor } from './plans.ts'
import { openWatchedStore } from './stores.ts'

/** Where a plan would read and write below a folder; the folder's name is taken out of what is said. */
async function refusal(folder: string, ends: Ends, options: RunOptions = {}): Promise<string> {
  const inside = (path: string) => (/^(\w+:|\/|-$)/.test(path) ? path : join(folder, path))
  const placed = Object.fromEntries(Object.entries(ends).map(([end, path]) => [end, inside(path)]))
  const state = options.state === undefined ? {} : { state: inside(options.state) }
  return openPlaces({ name: 'clicks', hash: 'h1' }, planFor(placed as unknown as Ends), { ...options, ...state }).then(
    () => 'none',
    (error: Error) => error.message.replaceAll(folder, '.'),
  )
}

const apart = (roles: string, first: string, second: string) => `OVERLAP: the ${roles} overlap
  at ${first}
  at ${second}
  nothing was read or written; give places of which none is equal to, inside or around another`

describe('openPlaces refuses what would mix up data', () => {
  it.each<[string, Ends & { readonly state?: string }, string]>([
    ['places apart', { input: 'in', csv: 'out', table: 'table' }, 'none'],
    ['names that begin alike', { input: 'in', csv: 'in-csv', table: 'in.table' }, 'none'],
    ['standard input', { input: '-', csv: 'out' }, 'none'],
    [
      'the CSV in the input',
      { input: 'in', csv: 'in/csv' },
      apart('input and the CSV output', 'input ./in', 'CSV output ./in/csv/'),
    ],
    [
      'the table around the input',
      { input: 'a/in', csv: 'csv', table: 'a' },
      apart('input and the Parquet output', 'input ./a/in', 'Parquet output ./a/'),
    ],
    [
      'the table in the CSV folder',
      { input: 'in', csv: 'csv', table: 'csv/table' },
      apart('CSV output and the Parquet output', 'CSV output ./csv/', 'Parquet output ./csv/table/'),
    ],
    [
      'the state in the table',
      { input: 'in', csv: 'csv', table: 'table', state: 'table/state' },
      apart('Parquet output and the state', 'Parquet output ./table/', 'state ./table/state/'),
    ],
    [
      'the folder around everything as the input',
      { input: '.', csv: 'csv' },
      apart('input and the CSV output', 'input .', 'CSV output ./csv/'),
    ],
    [
      'a glob whose folder holds the CSV',
      { input: 'logs/*/*.gz', csv: 'logs/csv' },
      apart('input and the CSV output', 'input ./logs/', 'CSV output ./logs/csv/'),
    ],
    ['a glob in another folder', { input: 'logs/in/*.gz', csv: 'logs/csv' }, 'none'],
    ['two CSVs by name in one folder', { input: 'dir/in.json', csv: 'dir/out.csv' }, 'none'],
  ])('%s', async (_, { state, ...ends }, says) => {
    await inFolder(async (folder) => {
      expect(await refusal(folder, ends, state === undefined ? {} : { state })).toBe(says)
      expect(await readdir(folder)).toEqual([])
    })
  })

  it.each<[string, Readonly<Record<string, string>>, Ends, string]>([
    [
      'a link as the CSV folder',
      { link: 'in/out' },
      { input: 'in', csv: 'link' },
      apart('input and the CSV output', 'input ./in', 'CSV output ./link/, which leads to ./in/out/'),
    ],
    [
      'a link above the CSV folder',
      { link: 'in' },
      { input: 'in', csv: 'link/new/csv' },
      apart('input and the CSV output', 'input ./in', 'CSV output ./link/new/csv/, which leads to ./in/new/csv/'),
    ],
    [
      'a link to a folder that is not there yet',
      { link: 'in/later' },
      { input: 'in', csv: 'link' },
      apart('input and the CSV output', 'input ./in', 'CSV output ./link/, which leads to ./in/later/'),
    ],
    [
      'a link to a link',
      { one: 'two', two: 'in/out' },
      { input: 'in', csv: 'csv', table: 'one' },
      apart('input and the Parquet output', 'input ./in', 'Parquet output ./one/, which leads to ./in/out/'),
    ],
    [
      'a link as the input',
      { link: 'in/out' },
      { input: 'link', csv: 'in/out/csv' },
      apart('input and the CSV output', 'input ./link, which leads to ./in/out', 'CSV output ./in/out/csv/'),
    ],
    [
      'a link to the input as the state',
      { _fletching: 'in' },
      { input: 'in', csv: 'csv' },
      apart('input and the state', 'input ./in', 'state ./_fletching/clicks/csv/, which leads to ./in/clicks/csv/'),
    ],
    ['links that lead apart', { one: 'in', two: 'elsewhere' }, { input: 'one', csv: 'two/csv' }, 'none'],
  ])('%s', async (_, links, ends, says) => {
    await inFolder(async (folder) => {
      await mkdir(join(folder, 'in/out'), { recursive: true })
      for (const [name, target] of Object.entries(links)) await symlink(target, join(folder, name))
      expect(await refusal(folder, ends)).toBe(says)
    })
  })
})

describe('openPlaces refuses to append beside the table', () => {
  const refused = (name: string, ...own: readonly string[]) =>
    [
      'OTHER_TABLE: run r2 has written a table that this run does not add to',
      `at ./${name}`,
      ...own.map((folder) => `at this run: ./${folder}/`),
      'nothing was read or written; give the location of that table; or outputs and a state folder of its own to a run that reads everything',
    ].join('\n  ')

  const APPEND: RunOptions = { writeMode: 'append', csv: 'increment' }

  it.each<[string, readonly (readonly [run: string, name: string])[], Partial<Ends>, RunOptions, string]>([
    ['of no run', [], { table: 'table' }, APPEND, 'none'],
    ['of this run', [['r2', 'table/a']], { table: 'table' }, APPEND, 'none'],
    ['at another place', [['r2', 'old/a']], { table: 'table' }, APPEND, refused('old/a', 'table')],
    ['whose name begins alike', [['r2', 'table2/a']], { table: 'table' }, APPEND, refused('table2/a', 'table')],
    ['by a run without one', [['r2', 'table/a']], {}, APPEND, refused('table/a')],
    [
      'of which a part is at another place',
      [
        ['r2', 'old/a'],
        ['r2', 'table/a'],
      ],
      { table: 'table' },
      APPEND,
      refused('old/a', 'table'),
    ],
    [
      'that a later run has replaced by this one',
      [
        ['r1', 'old/a'],
        ['r2', 'table/a'],
      ],
      { table: 'table' },
      APPEND,
      'none',
    ],
    ['unless all is replaced', [['r2', 'old/a']], { table: 'table' }, { writeMode: 'replace' }, 'none'],
  ])('%s', async (_, files, ends, options, says) => {
    await inFolder(async (folder) => {
      await mkdir(join(folder, 'state'))
      const outputs = files.map(([run, name]) => ({ name: join(folder, name), format: 'parquet', run }))
      const manifest = { manifestVersion: 1, output: join(folder, 'csv'), outputs }
      await writeFile(join(folder, 'state/manifest.json'), JSON.stringify(manifest))
      expect(await refusal(folder, { input: 'in', csv: 'csv', ...ends }, { ...options, state: 'state' })).toBe(says)
    })
  })
})

describe('openPlaces refuses files of others', () => {
  const manifest = (folder: string, ...names: readonly string[]) =>
    JSON.stringify({
      manifestVersion: 1,
      output: join(folder, 'csv'),
      outputs: names.map((name) => ({ name: join(folder, name), format: 'parquet', rows: 1, bytes: 1 })),
    })
  const others = (
    name: string,
    why: string,
  ) => `OTHER_FILES: the output folder holds a file that no run of this job wrote
  at ./${name}
  ${why}
  move them away, or give --allow-other-files`
  const IMPORTED = 'Personalize would import every file of the folder'
  const READ = 'Athena would read every file of the folder'

  it.each<[string, readonly string[], readonly string[], RunOptions, string]>([
    ['nothing yet', [], [], {}, 'none'],
    ['the CSV of a run before', ['csv/part-00000.csv'], [], {}, 'none'],
    ['another CSV', ['csv/part-00001.csv'], [], {}, others('csv/part-00001.csv', IMPORTED)],
    ['a file deep in the CSV folder', ['csv/a/part-00000.csv'], [], {}, others('csv/a/part-00000.csv', IMPORTED)],
    ['a table of nobody', ['table/x.parquet'], [], {}, others('table/x.parquet', READ)],
    ['the table that the manifest names', ['table/x.parquet'], ['table/x.parquet'], {}, 'none'],
    [
      'a file beside those that it names',
      ['table/x.parquet', 'table/_SUCCESS'],
      ['table/x.parquet'],
      {},
      others('table/_SUCCESS', READ),
    ],
    ['all of it, when allowed', ['table/x', 'csv/x'], [], { allowOtherFiles: true }, 'none'],
  ])('%s', async (_, files, owned, options, says) => {
    await inFolder(async (folder) => {
      for (const name of files) {
        await mkdir(join(folder, name, '..'), { recursive: true })
        await writeFile(join(folder, name), 'x')
      }
      await mkdir(join(folder, 'state'))
      if (owned.length > 0) await writeFile(join(folder, 'state/manifest.json'), manifest(folder, ...owned))
      const ends = { input: 'in', csv: 'csv', table: 'table' }
      expect(await refusal(folder, ends, { ...options, state: 'state' })).toBe(says)
    })
  })

  it('asks no folder of a CSV that is named itself', async () => {
    await inFolder(async (folder) => {
      await mkdir(join(folder, 'csv'))
      await writeFile(join(folder, 'csv/other'), 'x')
      expect(await refusal(folder, { input: 'in', csv: 'csv/x.csv' })).toBe('none')
    })
  })
})

describe('openPlaces, where something is there already', () => {
  const exists = (name: string) => `OUTPUT_EXISTS: an output is there already
  at ./${name}
  nothing was read or written; --write-mode replace or append goes on, each in its way`
  const once: RunOptions = { writeMode: 'error-if-exists' }
  const csv = 'csv/part-00000.csv'

  it.each<[string, readonly string[], RunOptions, string]>([
    ['replaces it', [csv, 'table/ours.parquet'], {}, 'none'],
    ['leaves it', [csv, 'table/ours.parquet'], { writeMode: 'append', csv: 'increment' }, 'none'],
    ['goes on where nothing is', [], once, 'none'],
    ['goes on where a manifest alone is', ['state/rejects.ndjson'], once, 'none'],
    ['refuses its own CSV', [csv], once, exists(csv)],
    ['refuses its own table', ['table/ours.parquet'], once, exists('table/ours.parquet')],
    ['refuses a table of others', ['table/d/x'], once, exists('table/d/x')],
    ['refuses it although others are allowed', ['table/d/x'], { ...once, allowOtherFiles: true }, exists('table/d/x')],
    ['lets other files beside the CSV be, when allowed', ['csv/x.csv'], { ...once, allowOtherFiles: true }, 'none'],
    ['goes on where a run has begun something', ['table/.part.0123456789ab.tmp'], once, 'none'],
  ])('%s', async (_, files, options, says) => {
    await inFolder(async (folder) => {
      for (const name of [...files, 'state/manifest.json', 'state/runs/r0.json']) {
        await mkdir(join(folder, name, '..'), { recursive: true })
        await writeFile(join(folder, name), 'x')
      }
      const output = join(folder, 'csv')
      const outputs = ['table/ours.parquet'].map((name) => ({ name: join(folder, name) }))
      const begun = ['table/part'].map((name) => ({
        name: join(folder, name),
        handle: join(folder, 'table/.part.0123456789ab.tmp'),
      }))
      await writeFile(join(folder, 'state/manifest.json'), JSON.stringify({ manifestVersion: 1, output, outputs }))
      const { etag } = (await openLocalStore().stat(parseLocation(join(folder, 'state/manifest.json')))) ?? {}
      await writeFile(join(folder, 'state/runs/r0.json'), JSON.stringify({ recordVersion: 1, before: etag, begun }))
      expect(await refusal(folder, { input: 'in', csv: 'csv', table: 'table' }, { ...options, state: 'state' })).toBe(
        says,
      )
    })
  })
})

describe('assertSinksWritable', () => {
  it('tries the CSV and a file of the table', async () => {
    const { store, events } = openWatchedStore()
    const [csv, table] = planFor({ input: 'in', csv: 'csv', table: 'table' }).sinks
    const at = (key: string) => ({ scheme: 'memory' as const, key })
    const sinks = [
      { sink: csv, store, target: at('csv/part-00000.csv') },
      { sink: table, store, target: at('table/') },
    ]
    await assertSinksWritable({ sinks, files: fileNames('append', 'r1'), keptAs: {} })
    expect(events).toEqual(['try csv/part-00000.csv', 'try table/part-00000-r1.parquet'])
  })

  it.each([
    ['a disk', { scheme: 'file', path: '/out/' }, 2],
    ['S3', { scheme: 's3', bucket: 'b', key: 'out/' }, 1],
  ] as const)('tries on %s as many at a time as are brought there', async (_, target, most) => {
    const { store } = openWatchedStore()
    const trying = new Set<string>()
    let seen = 0
    const assertWritable: Store['assertWritable'] = async (location) => {
      trying.add(formatLocation(location))
      seen = Math.max(seen, trying.size)
      await setImmediate()
      trying.delete(formatLocation(location))
    }
    const [csv, table] = planFor({ input: 'in', csv: 'csv', table: 'table' }).sinks
    const sinks = [csv, table].map((sink) => ({ sink, store: { ...store, assertWritable }, target }))
    await assertSinksWritable({ sinks, files: fileNames('append', 'r1'), keptAs: {} })
    expect(seen).toBe(most)
  })
})
