import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { parseLocation } from '@fletching/storage'
import { inFolder } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { preflightAt } from '../src/preflight-folder.ts'
import { csvOf, good, header, records } from './good-data.ts'

const options = { dataset: 'interactions', now: 1_600_000_000 } as const

/** What is found in a folder of files, by code, with the names of the places. */
function found(files: Readonly<Record<string, string | Uint8Array>>, path = '.') {
  return inFolder(async (folder) => {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await writeFile(join(folder, name), content)
    }
    const { findings } = await preflightAt(parseLocation(join(folder, path)), options)
    return Object.fromEntries(
      findings
        .filter(({ code }) => code !== 'ADVISED_VOLUME')
        .map(({ code, places }) => [code, places.map(({ object }) => object.slice(folder.length + 1))]),
    )
  })
}

describe('preflightAt', () => {
  it.each<[string, Record<string, string | Uint8Array>, Record<string, string[]>]>([
    ['a folder of one CSV', { 'part-00000.csv': good }, {}],
    ['what AWS Glue wrote', { 'run-1558198402129-part-r-00000': good }, {}],
    [
      'parts of one run',
      { 'a.csv': csvOf([header, ...records.slice(0, 500)]), 'b/c.CSV': csvOf([header, ...records.slice(500)]) },
      { SEVERAL_FILES: [] },
    ],
    [
      'files of others',
      { 'a.csv': good, _SUCCESS: '', '.a.csv.crc': 'x', 'a.parquet': 'PAR1', 'b.json': '{}', 'c/_d.csv': good },
      {
        FOREIGN_FILE: ['.a.csv.crc', '_SUCCESS', 'a.parquet', 'b.json'],
        SAME_SECOND: ['c/_d.csv'],
        OTHER_RUN: ['c/_d.csv'],
        SEVERAL_FILES: [],
      },
    ],
    [
      'a compressed file',
      { 'a.csv': good, 'b.csv.gz': gzipSync(good) },
      { COMPRESSED: ['b.csv.gz'], SEVERAL_FILES: [] },
    ],
    ['an empty file', { 'a.csv': good, 'b.csv': '' }, { NO_RECORDS: ['b.csv'], SEVERAL_FILES: [] }],
  ])('%s', async (_, files, codes) => {
    const all = await found(files)
    for (const places of [all.SAME_SECOND ?? []]) places.splice(1)
    expect(all).toEqual({ ...codes, NOT_IN_S3: [''] })
  })

  it('takes a file by its address, whatever its name and whatever lies beside it', async () => {
    expect(await found({ 'a.txt': good, 'b.csv': good }, 'a.txt')).toEqual({ NOT_IN_S3: ['a.txt'] })
  })

  it('says where nothing is', async () => {
    await inFolder(async (folder) => {
      await expect(preflightAt(parseLocation(join(folder, 'none')), options)).rejects.toThrow(
        `NO_INPUT: there is no object at ${folder}/none\n  give the address of a CSV, or of the folder that holds it`,
      )
    })
  })

  it('stops when it is told to', async () => {
    await inFolder(async (folder) => {
      await writeFile(join(folder, 'a.csv'), good)
      const signal = AbortSignal.abort(new Error('stopped'))
      await expect(preflightAt(parseLocation(folder), { ...options, signal })).rejects.toThrow('stopped')
    })
  })
})

const corpus = process.env.FLETCHING_CORPUS
describe.skipIf(corpus === undefined)('the outputs of a real Glue job (set FLETCHING_CORPUS)', () => {
  it.each([
    ['run-1551018703844-part-r-00000', 'warned', ['COLUMN_UNKNOWN', 'CATEGORIES_TOO_MANY'], 4308, 2109, 1304, 2],
    ['run-1558198402129-part-r-00000', 'passed', [], 9522, 3830, 3001, 3],
  ])('%s is %s', async (name, verdict, codes, count, users, usersWithTwo, types) => {
    const checklist = await preflightAt(parseLocation(join(corpus ?? '', 'workshop-real', name)), options)
    expect(checklist.verdict).toBe(verdict)
    expect(checklist.findings.filter(({ severity }) => severity !== 'note').map(({ code }) => code)).toEqual(codes)
    const { figures } = checklist
    expect([figures.records, figures.users, figures.usersWithTwo, figures.eventTypes.length]).toEqual([
      count,
      users,
      usersWithTwo,
      types,
    ])
    expect(figures.sameSecond).toBe(0)
  })
})
