import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FletchingError } from '@fletching/columns/errors'
import { defineJob, param, scanNdjson, schema, text, writeCsv, writeParquet } from '@fletching/job'
import { damaged, fuzz, fuzzCases, inFolder, type Random, testSeed } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { runJob } from '../src/index.ts'

const CASES = fuzzCases(50)
const STATE = '_fletching/parted/csv'

const parted = defineJob({
  name: 'parted',
  params: { INPUT: param.location('events'), CSV: param.location('a folder'), TABLE: param.location('a folder') },
  plan: ({ INPUT, CSV, TABLE }) => {
    const events = scanNdjson(INPUT, schema('events', { id: text().required(), part: text().required() }))
    const rows = events.select((col) => ({ id: col('id'), part: col('part') }))
    return [writeCsv(rows, { to: CSV, dialect: 'rfc4180' }), writeParquet(rows, { to: TABLE, partitionBy: ['part'] })]
  },
})

/** Runs the job in a folder; its error, if there is one. */
async function run(folder: string): Promise<unknown> {
  const places = { INPUT: join(folder, 'in'), CSV: join(folder, 'csv'), TABLE: join(folder, 'table') }
  return runJob(parted, places, { onMalformed: 'quarantine' }).then(
    () => undefined,
    (error: unknown) => error,
  )
}

/** Every file but those of the state folder that differ from run to run, by name. */
async function visible(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const names = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const kept = names.filter((name) => !/\/(manifest\.json|runs\/[^/]*)$/.test(name)).sort()
  const contents = await Promise.all(kept.map(async (name) => (await readFile(name)).toString('latin1')))
  return Object.fromEntries(kept.map((name, index) => [name.slice(folder.length), contents[index]]))
}

const ODD = [
  null,
  true,
  0,
  -1,
  1.5,
  '',
  'x',
  '-',
  '../../mine',
  '/',
  's3://',
  [],
  [null],
  {},
  { name: 1 },
  { name: 'x' },
] as const

/** A text of JSON with one value in the place of another, or damaged as bytes. */
function damagedJson(random: Random, content: string): string | Buffer {
  if (random.below(3) === 0) return damaged(random, Buffer.from(content))
  const root: { value: unknown } = { value: JSON.parse(content) }
  const places: (readonly [object, string])[] = []
  const visit = (holder: object, name: string) => {
    places.push([holder, name])
    const value = Reflect.get(holder, name) as unknown
    if (typeof value === 'object' && value !== null) for (const inner of Object.keys(value)) visit(value, inner)
  }
  visit(root, 'value')
  const [holder, name] = random.pick(places)
  if (random.below(4) === 0) Reflect.deleteProperty(holder, name)
  else
    Reflect.set(
      holder,
      name,
      structuredClone(random.pick([...ODD, ...places.map(([other, key]) => Reflect.get(other, key) as unknown)])),
    )
  return JSON.stringify(root.value) ?? ''
}

describe('a state folder with damage', () => {
  it.each(['manifest.json', 'runs/killed.json'])(
    `in %s stops the run or changes nothing (${CASES} cases from FLETCHING_SEED=${testSeed})`,
    { timeout: 600_000 },
    async (record) => {
      await inFolder(async (home) => {
        const template = join(home, 'template')
        await mkdir(join(template, 'in'), { recursive: true })
        await writeFile(join(template, 'mine'), 'mine')
        await writeFile(join(template, 'in/a'), '{"id":"1","part":"a"}\n{"id":"2","part":"b"}\n{\n')
        expect(await run(template)).toBeUndefined()
        // Another partition is gone from the input, so that there is something to take away.
        await writeFile(join(template, 'in/a'), '{"id":"1","part":"a"}\n{\n')
        const temporary = join(template, 'table/part=a/.part-00000.parquet.0123456789ab.tmp')
        await writeFile(temporary, 'x')
        const begun = [{ name: join(template, 'table/part=a/part-00000.parquet'), handle: temporary }]
        await mkdir(join(template, STATE, 'runs'), { recursive: true })
        const killed = { recordVersion: 1, id: 'killed', output: join(template, 'csv/'), before: null, begun }
        await writeFile(join(template, STATE, 'runs/killed.json'), JSON.stringify(killed))

        let stopped = 0
        await fuzz(CASES, async (random) => {
          const folder = join(home, 'case')
          await cp(template, folder, { recursive: true })
          try {
            for (const name of ['manifest.json', 'runs/killed.json']) {
              const file = join(folder, STATE, name)
              const content = (await readFile(file, 'utf8')).replaceAll(template, folder)
              await writeFile(file, name === record ? damagedJson(random, content) : content)
            }
            const before = await visible(folder)
            const told = await readFile(join(folder, STATE, record), 'latin1')
            const error = await run(folder)
            const after = await visible(folder)
            expect(after['/mine'], told).toBe('mine')
            if (error === undefined) {
              expect(after['/csv/part-00000.csv'], told).toBe('id,part\r\n1,a\r\n')
              return
            }
            stopped++
            expect(error, told).toBeInstanceOf(FletchingError)
            expect((error as FletchingError).kind, `${told}\n${(error as Error).stack}`).not.toBe('internal')
            const lost = Object.keys(before).filter((name) => !name.endsWith('.tmp') && after[name] !== before[name])
            expect(lost, told).toEqual([])
          } finally {
            await rm(folder, { recursive: true })
          }
        })
        console.log(`${record}: ${stopped} of ${CASES} were stopped`)
      })
    },
  )
})
