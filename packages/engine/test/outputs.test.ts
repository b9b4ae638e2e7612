import { asFolder, formatLocation, openMemoryStore, parseLocation } from '@fletching/storage'
import { describe, expect, it } from 'vitest'
import { assertApart, assertOwnFilesOnly, csvTarget, plainAddress, stateFolder } from '../src/outputs.ts'
import { put } from './stores.ts'

const cwd = process.cwd()

describe('csvTarget', () => {
  it.each([
    ['s3://b/out', 's3://b/out/part-00000.csv', 's3://b/out/'],
    ['s3://b/out/', 's3://b/out/part-00000.csv', 's3://b/out/'],
    ['s3://b', 's3://b/part-00000.csv', 's3://b/'],
    ['s3://b/x.csv', 's3://b/x.csv', undefined],
    ['s3://b/x.csv/', 's3://b/x.csv/part-00000.csv', 's3://b/x.csv/'],
    ['s3://b/x.CSV', 's3://b/x.CSV/part-00000.csv', 's3://b/x.CSV/'],
    ['/d/out', '/d/out/part-00000.csv', '/d/out/'],
    ['/d/../e/out', '/e/out/part-00000.csv', '/e/out/'],
    ['out', `${cwd}/out/part-00000.csv`, `${cwd}/out/`],
    ['file:///d/a%20b', '/d/a b/part-00000.csv', '/d/a b/'],
    ['out/x.csv', `${cwd}/out/x.csv`, undefined],
  ])('%s is the object %s', (path, file, folder) => {
    const target = csvTarget(path)
    expect(formatLocation(target.file)).toBe(file)
    expect(target.folder && formatLocation(target.folder)).toBe(folder)
  })
})

describe('plainAddress', () => {
  it.each([
    ['s3://b/out', 's3://b/out'],
    ['s3://b/out/', 's3://b/out'],
    // To S3 these are other folders.
    ['s3://b/out//', 's3://b/out//'],
    ['s3://b/./out', 's3://b/./out'],
    ['s3://b', 's3://b'],
    ['s3://b/', 's3://b'],
    ['/d/out/', '/d/out'],
    ['/d/./e/..//out', '/d/out'],
    ['file:///d/out', '/d/out'],
    ['./out', `${cwd}/out`],
    ['out/', `${cwd}/out`],
    ['out/x.csv', `${cwd}/out/x.csv`],
    ['out/x.csv/', `${cwd}/out/x.csv/`],
    ['/', '/'],
    ['-', '-'],
  ])('of %s is %s', (path, plain) => expect(plainAddress(path)).toBe(plain))
})

describe('stateFolder', () => {
  it.each([
    ['s3://b/out', undefined, 's3://b/_fletching/clicks/out/'],
    ['s3://b/out/', undefined, 's3://b/_fletching/clicks/out/'],
    ['s3://b/a/out', undefined, 's3://b/a/_fletching/clicks/out/'],
    ['s3://b/a/x.csv', undefined, 's3://b/_fletching/clicks/a/x.csv/'],
    ['/d/out', undefined, '/d/_fletching/clicks/out/'],
    ['/out', undefined, '/_fletching/clicks/out/'],
    ['/d/a/x.csv', undefined, '/d/_fletching/clicks/a/x.csv/'],
    ['s3://b', 's3://c/state', 's3://c/state/'],
    ['s3://b/out', '/d/state/', '/d/state/'],
  ])('of %s, with --state %s, is %s', (path, given, state) => {
    expect(formatLocation(stateFolder({ format: 'csv', to: path }, 'clicks', given))).toBe(state)
  })

  it.each([
    ['s3://b/logs', 's3://b/_fletching/clicks/logs/'],
    ['s3://b/a/logs/', 's3://b/a/_fletching/clicks/logs/'],
    ['s3://b/a/x.csv', 's3://b/a/_fletching/clicks/x.csv/'],
    ['/d/logs', '/d/_fletching/clicks/logs/'],
  ])('of a table at %s is %s', (path, state) => {
    expect(formatLocation(stateFolder({ format: 'parquet', to: path }, 'clicks', undefined))).toBe(state)
  })

  it.each(['s3://b', 's3://b/', '/'])('of a table at %s must be given', (path) => {
    expect(() => stateFolder({ format: 'parquet', to: path }, 'clicks', undefined)).toThrow(
      expect.objectContaining({ code: 'NO_STATE_LOCATION' }),
    )
  })

  it.each(['s3://b', 's3://b/', 's3://b/x.csv', '/', '/x.csv'])('of %s must be given', (path) => {
    expect(() => stateFolder({ format: 'csv', to: path }, 'clicks', undefined)).toThrow(
      expect.objectContaining({
        kind: 'author',
        message: `NO_STATE_LOCATION: ${path} has no parent folder to keep the manifest and the rejects in
  give a folder for them with --state, outside the output`,
      }),
    )
  })
})

describe('assertApart', () => {
  it.each([
    ['s3://b/a', 's3://b/ab'],
    ['s3://b/a', 's3://b/a.csv'],
    ['s3://b/a', 's3://c/a'],
    ['s3://b/a', 's3://b/A'],
    ['s3://b/a/b', 's3://b/a/c'],
    // S3 knows no dots: this is a key that holds them.
    ['s3://b/a/../c', 's3://b/c'],
    ['/d/a', '/d/ab'],
    ['/d/a', '/d/a.csv'],
    ['/d/a/../b', '/d/a'],
    ['/b/a', 's3://b/a'],
    ['-', '/'],
    ['-', '-'],
  ])('lets %s and %s be', (first, second) => {
    expect(() => apart(first, second)).not.toThrow()
    expect(() => apart(second, first)).not.toThrow()
  })

  it.each([
    ['s3://b/a', 's3://b/a'],
    ['s3://b/a', 's3://b/a/'],
    ['s3://b/a/', 's3://b/a/b/c'],
    ['s3://b/a', 's3://b/a//b'],
    ['s3://b', 's3://b/a'],
    ['s3://b/a/../c', 's3://b/a'],
    ['/d/a', '/d/a/'],
    ['/d/a', '/d/a/b.csv'],
    ['/', '/d'],
    ['/d/a/../b', '/d/b/c'],
    ['/d/./a//', '/d/a'],
    ['out', './out/x'],
    ['out', `${cwd}/out`],
    ['..', '.'],
    ['file:///d/a', '/d/a'],
  ])('refuses %s and %s', (first, second) => {
    expect(() => apart(first, second)).toThrow(/^OVERLAP: the input and the output overlap\n/)
    expect(() => apart(second, first)).toThrow(/^OVERLAP: the input and the output overlap\n/)
  })

  it('names both, and where they lead', () => {
    const places = [
      { role: 'input', location: parseLocation('/d/in'), real: parseLocation('/d/in') },
      { role: 'state', location: parseLocation('/e/state'), real: parseLocation('/e/state') },
      { role: 'CSV output', location: parseLocation('/d/link/'), real: parseLocation('/d/in/out/') },
    ]
    expect(() => assertApart(places)).toThrow(
      expect.objectContaining({
        kind: 'author',
        message: `OVERLAP: the input and the CSV output overlap
  at input /d/in
  at CSV output /d/link/, which leads to /d/in/out/
  nothing was read or written; give places of which none is equal to, inside or around another`,
      }),
    )
  })
})

function apart(first: string, second: string): void {
  const [input, output] = [first, second].map((text) => parseLocation(text))
  assertApart([
    { role: 'input', location: input, real: input },
    { role: 'output', location: output, real: output },
  ])
}

describe('assertOwnFilesOnly', () => {
  const folder = asFolder(parseLocation('memory:out'))

  async function refusal(...names: readonly string[]): Promise<string> {
    const store = openMemoryStore()
    for (const name of names) await put(store, parseLocation(`memory:${name}`), 'x')
    return assertOwnFilesOnly(store, folder, (name) => name.endsWith('/ours'), 'because').then(
      () => 'none',
      (error: Error) => error.message,
    )
  }

  it.each([[[]], [['out/ours']], [['out/ours', 'out/deep/ours', 'out/']], [['outside', 'out', 'other/file']]])(
    'lets a folder with %j be',
    async (names) => {
      expect(await refusal(...names)).toBe('none')
    },
  )

  it('names a file of others, at any depth and hidden', async () => {
    expect(
      await refusal('out/ours', 'out/deep/.x'),
    ).toBe(`OTHER_FILES: the output folder holds a file that no run of this job wrote
  at memory:out/deep/.x
  because
  move them away, or give --allow-other-files`)
  })

  it('names the first five of many', async () => {
    const names = Array.from({ length: 7 }, (_, i) => `out/${i}`)
    expect(await refusal(...names)).toBe(`OTHER_FILES: the output folder holds 7 files that no run of this job wrote
  at memory:out/0
  at memory:out/1
  at memory:out/2
  at memory:out/3
  at memory:out/4
  at … and 2 more
  because
  move them away, or give --allow-other-files`)
  })
})
