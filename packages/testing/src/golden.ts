import { existsSync } from 'node:fs'
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Report, runJob } from '@fletching/engine'
import { isJob, type Job, resolveParams, schemaFiles } from '@fletching/job'
import { builtInJobs } from '@fletching/jobs'
import { explain, formatType, optimize, type Write } from '@fletching/plan'
import { inFolder } from './folder.ts'
import { parquetRows } from './parquet-rows.ts'

/** What a golden case holds beside its events, its job and its `case.json`. */
export const goldenNames = [
  'plan.txt',
  'schema.json',
  'expected.csv',
  'expected.parquet.json',
  'rejects.ndjson',
  'expected-report.json',
] as const

/** The texts of these files; undefined where a case has no such file, as one without rejects. */
export type GoldenFiles = Readonly<Record<(typeof goldenNames)[number], string | undefined>>

/** What `case.json` says, where a case needs one. */
interface CaseSettings {
  /** The name of a built-in job, instead of the module `job.ts` in the folder. */
  readonly job?: string
  /** The job's parameters; locations count from a folder that holds `events.ndjson`, schema files from the case's own. */
  readonly params?: Readonly<Record<string, string>>
}

const PARAMS = { S3_JSON_INPUT_PATH: 'events.ndjson', S3_CSV_OUTPUT_PATH: 'csv', S3_PARQUET_OUTPUT_PATH: 'table' }

/**
 * Runs the job of a golden case on its events, in a folder of its own, and gives what came out as the texts of the case's
 * files. Malformed lines are quarantined.
 *
 * - Units: in Parquet rows, 64-bit numbers are texts of their digits, moments and days ISO texts.
 * - Order: partitions by name; rows, rejects and objects as they were written.
 */
export async function makeGolden(folder: string): Promise<GoldenFiles> {
  const settings = await readSettings(folder)
  const job = await loadJob(folder, settings)
  const given = settings.params ?? PARAMS
  const values = resolveParams(job, given, await readSchemas(folder, schemaFiles(job, given)))
  const sinks = job.build(values)
  return inFolder(async (place) => {
    await copyFile(join(folder, 'events.ndjson'), join(place, 'events.ndjson'))
    const inPlace = Object.entries(values).map(([name, value]) => [
      name,
      job.params[name].kind === 'location' && typeof value === 'string' ? join(place, value) : value,
    ])
    const report = await runJob(job, Object.fromEntries(inPlace), { onMalformed: 'quarantine' })
    const outputs = (format: string) => report.outputs.filter((output) => output.format === format)
    const textOf = async ([output]: Report['outputs']) =>
      output === undefined ? undefined : (await readText(output.name)).replaceAll(`${place}/`, '')
    return {
      'plan.txt': explain(sinks),
      'schema.json': formatSchemas(sinks),
      'expected.csv': await textOf(outputs('csv')),
      'expected.parquet.json': await formatTable(outputs('parquet').map(({ name }) => name)),
      'rejects.ndjson': await textOf(outputs('rejects')),
      'expected-report.json': formatReport(report),
    }
  })
}

/** The files as they stand in the folder. */
export async function readGolden(folder: string): Promise<GoldenFiles> {
  const texts = goldenNames.map(async (name) => [
    name,
    existsSync(join(folder, name)) ? await readText(join(folder, name)) : undefined,
  ])
  return Object.fromEntries(await Promise.all(texts)) as GoldenFiles
}

/** Replaces the files in the folder. */
export async function writeGolden(folder: string, files: GoldenFiles): Promise<void> {
  for (const name of goldenNames) {
    const text = files[name]
    if (text === undefined) await rm(join(folder, name), { force: true })
    else await writeFile(join(folder, name), text)
  }
}

async function readSettings(folder: string): Promise<CaseSettings> {
  const file = join(folder, 'case.json')
  return existsSync(file) ? (JSON.parse(await readText(file)) as CaseSettings) : {}
}

async function readSchemas(folder: string, places: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const texts = Object.entries(places).map(async ([name, place]) => [name, await readText(join(folder, place))])
  return Object.fromEntries(await Promise.all(texts)) as Record<string, string>
}

async function loadJob(folder: string, { job }: CaseSettings): Promise<Job> {
  const file = join(folder, 'job.ts')
  const own = async (): Promise<unknown> => (await import(pathToFileURL(file).href)).default
  const value = job === undefined && existsSync(file) ? await own() : await builtInJobs[job ?? '']?.()
  if (isJob(value)) return value
  throw new Error(`${folder} has no job: give it a job.ts, or a case.json with the name of a built-in job`)
}

function formatSchemas(sinks: readonly Write[]): string {
  const schemas = optimize(sinks).sinks.map(({ sink, columns }) => ({
    format: sink.format,
    partitionBy: sink.format === 'parquet' ? sink.partitionBy : undefined,
    columns: Object.fromEntries(
      columns.map(({ name, type, nullable }) => [name, `${formatType(type)}${nullable ? ' or null' : ''}`]),
    ),
  }))
  return formatJson(schemas)
}

/** The rows of the files as hyparquet reads them, by partition, a row a line. */
async function formatTable(files: readonly string[]): Promise<string | undefined> {
  if (files.length === 0) return undefined
  const parts = files.toSorted().map(async (file) => {
    const rows = await parquetRows(file)
    const partition = file.split('/').filter((name) => name.includes('='))
    return `  ${JSON.stringify(partition.join('/'))}: [\n${rows.map((row) => `    ${formatRow(row)}`).join(',\n')}\n  ]`
  })
  return `{\n${(await Promise.all(parts)).join(',\n')}\n}\n`
}

function formatRow(row: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? String(value) : (value as unknown)))
}

/** What a report says of the lines, tallies by name; when and where the run was is left out. */
function formatReport({ accounting, converted, refused, warnings }: Report): string {
  const { filtered, setAside, malformed, dropped } = accounting
  const tallies = {
    filtered: byName(filtered),
    setAside: byName(setAside),
    malformed: byName(malformed),
    ...(dropped === undefined ? {} : { dropped: byName(dropped) }),
  }
  return formatJson({ accounting: { ...accounting, ...tallies }, converted: byName(converted), refused, warnings })
}

function byName(tally: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(tally).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function formatJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}

/** A byte that is not UTF-8 is an error, and a byte order mark is kept. */
async function readText(file: string): Promise<string> {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(file))
}
