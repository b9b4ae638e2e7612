import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { FletchingError } from '@fletching/columns/errors'
import { type Report, type RunOptions, runJob } from '@fletching/engine'
import job from '@fletching/jobs/segment-to-personalize'
import { assertUnmarked, EVENT_MARK, inFolder, spawnFletching } from '@fletching/testing'
import { expect } from 'vitest'

export type Content = string | Uint8Array
/** The files of an input folder; one alone is named `a`. */
export type Files = Content | Readonly<Record<string, Content>>

/** A good event. Further members stand at its end, where they count in place of earlier ones of the same name. */
export function event(user: string, more = ''): string {
  return `{"userId":"${user}","event":"Product Clicked","properties":{"sku":"${EVENT_MARK}"},"timestamp":"2019-05-18T20:13:05.123Z"${more}}`
}

/** The row of such an event. */
export function rowOf(user: string, sku: string = EVENT_MARK, seconds = 1558210385): string {
  return `${user},${sku},Product Clicked,${seconds}`
}

export function linesOf(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('')
}

export function bytesOf(...parts: readonly (Content | readonly number[])[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Uint8Array.from(part))))
}

/** A line of the rejects. */
interface Rejected {
  readonly object: string
  readonly line: number
  readonly byteOffset: number
  /** Of malformed lines. */
  readonly errorOffset?: number
  readonly code: string
  /** The line, or its base64 where it is no text; neither where it was too long. */
  readonly text?: string
  readonly base64?: string
}

export interface Outcome {
  /** Those of the CSV, without its header. */
  readonly rows: readonly string[]
  /** What is not zero in the accounting. */
  readonly counts: Readonly<Record<string, unknown>>
  /** `file:line code`, in the order of the input. */
  readonly rejects: readonly string[]
  readonly rejected: readonly Rejected[]
  readonly report: Report
}

/** Runs the main job on files; malformed lines are kept and counted, and a result without rows is taken. */
export function run(files: Files, options: RunOptions = {}): Promise<Outcome> {
  return inFolder(async (folder) => {
    await writeFiles(folder, files)
    const report = await runJob(job, paramsOf(folder), { onMalformed: 'quarantine', onEmpty: 'header', ...options })
    assertUnmarked({ report: JSON.stringify(report) })
    const csv = await readFile(join(folder, 'out/part-00000.csv'), 'utf8')
    const [header, ...rows] = csv.split('\n')
    expect({ header, end: rows.pop() }).toEqual({ header: 'USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP', end: '' })
    const rejected = await readRejects(report)
    const rejects = rejected
      .map(({ object, line, code }) => ({ file: object.slice(`${folder}/in/`.length), line, code }))
      .sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line)
      .map(({ file, line, code }) => `${file}:${line} ${code}`)
    return { rows, counts: nonZero(report.accounting), rejects, rejected, report }
  })
}

/** Runs the main job, as it runs by default, to its error; nothing but the input may be left. */
export function failure(files: Files, options: RunOptions = {}): Promise<FletchingError> {
  return inFolder(async (folder) => {
    await writeFiles(folder, files)
    const before = await filesIn(folder)
    const error = await runJob(job, paramsOf(folder), options).then(
      () => new Error('the run did not fail'),
      (reason: unknown) => reason,
    )
    if (!(error instanceof FletchingError)) throw error
    assertUnmarked({ error: error.message }, { showsEvents: options.showData === true })
    expect(await filesIn(folder)).toEqual(before)
    return Object.assign(error, { message: error.message.replaceAll(`${folder}/in/`, '') })
  })
}

/**
 * Runs the main job on files for a CSV and a table in one file a partition, and gives what DuckDB answers about them: in a query,
 * `CSV` stands for the one and `TABLE` for the other.
 */
export function readBack(
  files: Files,
  options: RunOptions,
  queries: readonly string[],
): Promise<readonly (readonly (readonly unknown[])[])[]> {
  return inFolder(async (folder) => {
    await writeFiles(folder, files)
    const places = { ...paramsOf(folder), S3_PARQUET_OUTPUT_PATH: join(folder, 'table') }
    await runJob(job, places, { onMalformed: 'quarantine', ...options })
    const instance = await DuckDBInstance.create()
    const connection = await instance.connect()
    const answers: (readonly (readonly unknown[])[])[] = []
    for (const query of queries) {
      const names = query.replace('CSV', `'${folder}/out/part-00000.csv'`).replace('TABLE', `'${folder}/table/**'`)
      answers.push((await connection.runAndReadAll(names)).getRowsJson())
    }
    connection.closeSync()
    instance.closeSync()
    return answers
  })
}

export interface CommandOutcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** Every file that the run left but its manifest, by name; in texts, the folder itself is `.`. */
  readonly outputs: Readonly<Record<string, Buffer>>
  /** The most memory that the process held. */
  readonly peakBytes: number
}

/** Runs the main job on files in a process of its own, as users do, for a CSV and a table. */
export function runCommand(
  files: Files,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandOutcome> {
  return inFolder(async (folder) => {
    await writeFiles(folder, files)
    await writeFile(join(folder, 'peak.mjs'), PEAK)
    const places = ['--S3_JSON_INPUT_PATH=in', '--S3_CSV_OUTPUT_PATH=out', '--S3_PARQUET_OUTPUT_PATH=table']
    const { code, stdout, stderr } = await spawnFletching(['run', 'segment-to-personalize', ...places, ...args], {
      cwd: folder,
      env: { ...env, NODE_OPTIONS: `--import=${folder}/peak.mjs ${env.NODE_OPTIONS ?? ''}` },
    })
    const outputs: Record<string, Buffer> = {}
    for (const name of await filesIn(folder)) {
      if (name.startsWith('in/') || name.startsWith('peak') || name.endsWith('/manifest.json')) continue
      const bytes = await readFile(join(folder, name))
      outputs[name] = name.endsWith('.ndjson') ? Buffer.from(bytes.toString().replaceAll(folder, '.')) : bytes
    }
    const peakBytes = 1024 * Number(await readFile(join(folder, 'peak'), 'utf8'))
    return { code, stdout, stderr: stderr.replaceAll(folder, '.'), outputs, peakBytes }
  })
}

export function paramsOf(folder: string) {
  return {
    S3_JSON_INPUT_PATH: join(folder, 'in'),
    S3_CSV_OUTPUT_PATH: join(folder, 'out'),
    S3_PARQUET_OUTPUT_PATH: undefined,
  }
}

/** Writes the files of an input folder. */
async function writeFiles(folder: string, files: Files): Promise<void> {
  const named = typeof files === 'string' || files instanceof Uint8Array ? { a: files } : files
  await mkdir(join(folder, 'in'))
  for (const [name, content] of Object.entries(named)) await writeFile(join(folder, 'in', name), content)
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
}

async function readRejects({ outputs }: Report): Promise<Rejected[]> {
  const sink = outputs.find(({ format }) => format === 'rejects')
  if (sink === undefined) return []
  const text = await readFile(sink.name, 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Rejected)
}

function nonZero(accounting: Report['accounting']): Record<string, unknown> {
  const entries = Object.entries(accounting).map(([name, count]) => [
    name,
    typeof count === 'number' ? count : { ...count },
  ])
  return Object.fromEntries(
    entries.filter(([, count]) => (typeof count === 'number' ? count : Object.keys(count).length) > 0),
  )
}

/**
 * Stands in the way of nothing; at the end of the process it writes down the most kilobytes that were resident. `maxRSS` counts what the
 * process had that started it, too, so on Linux its own number is read.
 */
export const PEAK = `import { existsSync, readFileSync, writeFileSync } from 'node:fs'
const STATUS = '/proc/self/status'
process.on('exit', () => {
  const own = existsSync(STATUS) ? /VmHWM:\\s*(\\d+) kB/.exec(readFileSync(STATUS, 'utf8'))?.[1] : undefined
  writeFileSync(new URL('peak', import.meta.url), own ?? String(process.resourceUsage().maxRSS))
})
`
