import { execFileSync } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { fletching, inFolder, spawnFletching } from '@fletching/testing'
import { describe, expect, it } from 'vitest'

const JOB = 'segment-to-personalize'
const event = (user: string, time = '2019-05-18T20:13:05.123Z') =>
  `{"userId":"${user}","event":"Product Clicked","properties":{"sku":"red-shoe"},"timestamp":"${time}"}\n`

/** Writes files into a folder and runs the command there. */
function command(
  files: Readonly<Record<string, string | Uint8Array>>,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
) {
  return inFolder(async (cwd) => {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(join(cwd, name, '..'), { recursive: true })
      await writeFile(join(cwd, name), content)
    }
    const finished = await fletching(args, { cwd, env, showsEvents: args.includes('--show-data') })
    const left = (await readdir(cwd, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(cwd.length + 1))
      .sort()
    const read = (name: string) => readFile(join(cwd, name), 'utf8')
    const csv = left.includes('out/part-00000.csv') ? await read('out/part-00000.csv') : undefined
    return { ...finished, stderr: finished.stderr.replaceAll(cwd, '.'), left, csv }
  })
}

const run = (...more: string[]) => ['run', JOB, '--S3_JSON_INPUT_PATH', 'in', '--S3_CSV_OUTPUT_PATH', 'out', ...more]

describe('fletching run', () => {
  it('reads a folder and writes one CSV, and state beside it', async () => {
    const { code, stderr, left, csv } = await command(
      { 'in/a.gz': gzipSync(event('u1')), 'in/b.json': event('u2') },
      run(),
    )
    expect({ code, stderr, csv, left }).toEqual({
      code: 0,
      stderr: '',
      csv: 'USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\nu1,red-shoe,Product Clicked,1558210385\nu2,red-shoe,Product Clicked,1558210385\n',
      left: [`_fletching/${JOB}/out/manifest.json`, 'in/a.gz', 'in/b.json', 'out/part-00000.csv'],
    })
  })

  it('reads standard input', async () => {
    await inFolder(async (cwd) => {
      const args = ['run', JOB, '--S3_JSON_INPUT_PATH=-', '--S3_CSV_OUTPUT_PATH=out/x.csv']
      const { code } = await spawnFletching(args, { cwd, input: Buffer.from(event('u1')) })
      expect(code).toBe(0)
      expect(await readFile(join(cwd, 'out/x.csv'), 'utf8')).toContain('u1,red-shoe')
    })
  })

  it('takes everything from the environment', async () => {
    const env = {
      FLETCHING_JOB: JOB,
      S3_JSON_INPUT_PATH: 'in',
      S3_CSV_OUTPUT_PATH: 'out',
      FLETCHING_CSV_DIALECT: 'rfc4180',
    }
    const { code, csv } = await command({ 'in/a': event('u1') }, [], env)
    expect(code).toBe(0)
    expect(csv).toBe('USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\r\nu1,red-shoe,Product Clicked,1558210385\r\n')
  })

  it('lets a flag win over the environment', async () => {
    const { code, left } = await command({ 'in/a': event('u1') }, run('--S3_PARQUET_OUTPUT_PATH', 'table'), {
      S3_PARQUET_OUTPUT_PATH: 'other',
    })
    expect(code).toBe(0)
    expect(left).toContain('table/dt=2019-05-18/part-00000.parquet')
  })

  it('leaves out what any --exclude matches', async () => {
    const files = { 'in/a': event('u1'), 'in/b.bak': '{', 'in/c.tmp': '{' }
    const { code, csv } = await command(files, run('--exclude', '*.bak', '--exclude=*.tmp'))
    expect(code).toBe(0)
    expect(csv).toBe('USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\nu1,red-shoe,Product Clicked,1558210385\n')
  })

  it('tells a program what happened, a line of JSON each', async () => {
    const { stdout } = await command({ 'in/a': event('u1') }, run())
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.map((line) => line.event)).toEqual(['started', 'finished'])
    expect(lines[1]).toMatchObject({ objects: 1, accounting: { lines: 1, rows: 1 } })
  })

  it('writes the report where it is asked to', async () => {
    await inFolder(async (cwd) => {
      await mkdir(join(cwd, 'in'))
      await writeFile(join(cwd, 'in/a'), event('u1'))
      await fletching(run('--report', 'report.json'), { cwd })
      const report = JSON.parse(await readFile(join(cwd, 'report.json'), 'utf8'))
      expect(report).toMatchObject({
        job: JOB,
        accounting: { lines: 1, rows: 1, blank: 0 },
        inputs: [{ bytes: event('u1').length }],
      })
    })
  })

  it('runs a job of one’s own', async () => {
    const job = `
      import { defineJob, param, scanNdjson, segmentTrack, writeCsv } from '${import.meta.resolve('@fletching/job')}'
      export default defineJob({
        name: 'clicks',
        params: { INPUT: param.location('events'), OUTPUT: param.location('a folder') },
        plan: ({ INPUT, OUTPUT }) => [
          writeCsv(
            scanNdjson(INPUT, segmentTrack)
              .filter((col) => col('event').lower().startsWith('product'))
              .select((col) => ({ who: col('userId').fillNull('nobody'), day: col('timestamp').date(), length: col('event').length() })),
            { to: OUTPUT, dialect: 'rfc4180' },
          ),
        ],
      })`.replaceAll('/src/index.ts', '/dist/index.js')
    const files = {
      'clicks.mjs': job,
      'in/a': `${event('u1')}${event('')}{"event":"Order","timestamp":"2019-05-18"}\n`,
    }
    const { code, csv, stderr } = await command(files, ['run', './clicks.mjs', '--INPUT', 'in', '--OUTPUT', 'out'])
    expect({ code, csv, stderr }).toEqual({
      code: 0,
      csv: 'who,day,length\r\nu1,2019-05-18,15\r\nnobody,2019-05-18,15\r\n',
      stderr: '',
    })
  })
})

describe('a run that fails', () => {
  const cases: [string, Readonly<Record<string, string | Uint8Array>>, string[], number, string][] = [
    [
      'without parameters',
      {},
      ['run', JOB],
      2,
      `MISSING_PARAMETER: S3_JSON_INPUT_PATH, S3_CSV_OUTPUT_PATH are not given
  at job ${JOB}
  S3_JSON_INPUT_PATH  Segment NDJSON logs, usually gzip: a folder, an object or a glob
  S3_CSV_OUTPUT_PATH  the CSV for Amazon Personalize: a folder, or a path that ends in .csv
  give each as --S3_JSON_INPUT_PATH VALUE, or as the environment variable S3_JSON_INPUT_PATH
`,
    ],
    [
      'on a wrong path',
      { 'in-old/a': event('u') },
      run(),
      2,
      `NO_INPUT: no object at in
  at job ${JOB}
  nearby there is ./in-old/
  expected an object, a folder that holds some, or a glob such as s3://bucket/logs/**/*.gz
`,
    ],
    [
      'on a folder of hidden names',
      { 'in/_SUCCESS': '', 'in/.x': '' },
      run(),
      2,
      `NO_INPUT: no object at in
  at job ${JOB}
  passed over: 2 hidden name
  expected an object, a folder that holds some, or a glob such as s3://bucket/logs/**/*.gz
`,
    ],
    [
      'on a malformed line',
      { 'in/a': `${event('u')}{"userId":"red-shoe\n` },
      run(),
      3,
      `MALFORMED_JSON: string not closed before end of line
  at ./in/a line 2, byte ${event('u').length + 19} of the uncompressed object
  at job ${JOB}
  nothing was written; --on-malformed quarantine sets such lines apart and goes on
`,
    ],
    [
      'on a malformed line that may be shown',
      { 'in/a': '{"userId":"red-shoe\n' },
      run('--show-data'),
      3,
      `MALFORMED_JSON: string not closed before end of line
  at ./in/a line 1, byte 19 of the uncompressed object
  at job ${JOB}
  {"userId":"red-shoe
                     ^
  nothing was written; --on-malformed quarantine sets such lines apart and goes on
`,
    ],
    [
      'on too many malformed lines',
      { 'in/a': '{\n{\n' },
      run('--on-malformed', 'skip', '--max-malformed', '1'),
      3,
      `TOO_MANY_MALFORMED: more than 1 line is malformed
  at ./in/a line 2, the first beyond the limit
  at job ${JOB}
  nothing was written; mend the producer, or raise --max-malformed
`,
    ],
    [
      'on too large a share of malformed lines',
      { 'in/a': `${event('u')}{\n` },
      run('--on-malformed', 'skip', '--max-malformed', '10%'),
      3,
      `TOO_MANY_MALFORMED: 1 of 2 lines are malformed, more than 10%
  at 1 UNFINISHED
  at job ${JOB}
  nothing was written; mend the producer, or raise --max-malformed
`,
    ],
    [
      'on too many lines of which no row can be made',
      {
        'in/a': `{\n${event('u')}${event('u', 'never')}`,
        'in/b': `${event('u')}${event('u', 'never')}${event('u', 'never')}`,
      },
      run('--on-malformed', 'skip', '--max-rejects', '2'),
      3,
      `TOO_MANY_REJECTS: more than 2 lines are malformed or set aside
  at ./in/b line 2, the first beyond the limit
  at job ${JOB}
  nothing was written; mend the producer, or raise --max-rejects
`,
    ],
    [
      'on too large a share of lines of which no row can be made',
      { 'in/a': `{\n${event('u')}${event('u', 'never')}` },
      run('--on-malformed', 'skip', '--max-rejects', '50%'),
      3,
      `TOO_MANY_REJECTS: 2 of 3 lines are malformed or set aside, more than 50%
  at 1 UNFINISHED
  at 1 timestamp: NOT_A_TIMESTAMP
  at job ${JOB}
  nothing was written; mend the producer, or raise --max-rejects
`,
    ],
    [
      'on a result without rows',
      { 'in/a': '{"event":"Signed Up"}\n\n' },
      run(),
      3,
      `EMPTY_RESULT: no row came out of 2 lines
  at 1 filtered: event not wanted
  at 1 blank
  at job ${JOB}
  nothing was written; --on-empty header writes a CSV with its header alone, --on-empty skip leaves the old outputs
`,
    ],
    [
      'on a damaged gzip file',
      { 'in/a.gz': gzipSync(event('u')).subarray(0, 60) },
      run('--on-malformed', 'skip'),
      3,
      `CORRUPT_GZIP: the gzip file is damaged: it ends before its data does
  at ./in/a.gz
  at job ${JOB}
  nothing was written; fetch it again from its producer, or leave it out with --exclude
`,
    ],
    [
      'on files of others in the output',
      { 'in/a': event('u'), 'out/old.csv': 'x' },
      run(),
      2,
      `OTHER_FILES: the output folder holds a file that no run of this job wrote
  at ./out/old.csv
  at job ${JOB}
  Personalize would import every file of the folder
  move them away, or give --allow-other-files
`,
    ],
    [
      'on an output inside the input',
      { 'in/a': event('u') },
      ['run', JOB, '--S3_JSON_INPUT_PATH', 'in', '--S3_CSV_OUTPUT_PATH', 'in/out'],
      2,
      `OVERLAP: the input and the CSV output overlap
  at input ./in
  at CSV output ./in/out/
  at job ${JOB}
  nothing was read or written; give places of which none is equal to, inside or around another
`,
    ],
    [
      'on an unknown option',
      {},
      run('--frob'),
      2,
      'USAGE: Unknown argument: frob\n  fletching run --help shows how it is used\n  if it is a parameter of the job, write it in capitals: --FROB\n',
    ],
    [
      'on an option of the wrong kind',
      { 'in/a': event('u') },
      run('--row-group-rows', 'many'),
      2,
      'BAD_OPTION: --row-group-rows got "many"\n  expected a whole number from 1\n',
    ],
    [
      'on a limit for lines that is too high',
      { 'in/a': event('u') },
      run('--max-line-bytes', '67108865'),
      2,
      `BAD_OPTION: lines of 67108865 bytes are longer than can be handled
  at job ${JOB}
  --max-line-bytes takes at most 67108864
`,
    ],
  ]

  it.each(cases)('%s says so and writes nothing', async (_, files, args, code, stderr) => {
    const outcome = await command(files, args)
    expect({ code: outcome.code, stderr: outcome.stderr }).toEqual({ code, stderr })
    expect(outcome.left).toEqual(Object.keys(files).sort())
  })

  it('keeps the outputs of the last run', async () => {
    await inFolder(async (cwd) => {
      await mkdir(join(cwd, 'in'))
      await writeFile(join(cwd, 'in/a'), event('u1'))
      expect((await fletching(run(), { cwd })).code).toBe(0)
      await writeFile(join(cwd, 'in/a'), '{')
      expect((await fletching(run(), { cwd })).code).toBe(3)
      await writeFile(join(cwd, 'in/a'), '\n')
      expect((await fletching(run('--on-empty', 'skip'), { cwd })).code).toBe(0)
      expect(await readFile(join(cwd, 'out/part-00000.csv'), 'utf8')).toContain('u1,red-shoe')
      expect((await fletching(run('--on-empty', 'header'), { cwd })).code).toBe(0)
      expect(await readFile(join(cwd, 'out/part-00000.csv'), 'utf8')).toBe('USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\n')
    })
  })

  it.skipIf(!canMount())(
    'on a full disk says so and leaves nothing (needs the right to mount a file system)',
    async () => {
      await inFolder(async (cwd) => {
        await mkdir(join(cwd, 'in'))
        await mkdir(join(cwd, 'small'))
        await writeFile(join(cwd, 'in/a'), event('u'.repeat(200)).repeat(4000))
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', join(cwd, 'small')])
        try {
          const args = ['run', JOB, '--S3_JSON_INPUT_PATH', 'in', '--S3_CSV_OUTPUT_PATH', 'small/out']
          const { code, stderr } = await fletching(args, { cwd })
          expect(code).toBe(4)
          expect(stderr).toMatch(/^DISK_FULL: no space left to write\n {2}at .*\n {2}at job /)
          expect(await readdir(join(cwd, 'small'), { recursive: true })).toEqual([])
        } finally {
          execFileSync('umount', [join(cwd, 'small')])
        }
      })
    },
  )
})

function canMount(): boolean {
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' })
    return process.getuid?.() === 0
  } catch {
    return false
  }
}

describe('fletching', () => {
  it('teaches with --help', async () => {
    const { code, stdout } = await fletching(['run', '--help'])
    expect(code).toBe(0)
    expect(stdout).toContain('fletching run segment-to-personalize')
    expect(stdout).toContain('--on-malformed')
  })

  it('explains without touching data', async () => {
    const { code, stdout } = await fletching([
      'explain',
      JOB,
      '--S3_JSON_INPUT_PATH=s3://a/b',
      '--S3_CSV_OUTPUT_PATH=s3://c/d',
    ])
    expect(code).toBe(0)
    expect(stdout).toContain('scan ndjson s3://a/b as segmentTrack')
  })

  it('analyzes without writing', async () => {
    const args = ['--S3_JSON_INPUT_PATH', 'in', '--S3_CSV_OUTPUT_PATH', 'out', '--S3_PARQUET_OUTPUT_PATH', 'table']
    const files = { 'in/a': `${event('u1')}{"event":\t"Order"}\n`, 'in/b.gz': gzipSync(event('u2')) }
    const { code, stdout, stderr, left } = await command(files, ['explain', JOB, ...args, '--analyze'])
    expect({ code, stderr, left }).toEqual({ code: 0, stderr: '', left: ['in/a', 'in/b.gz'] })
    const analysis = stdout.slice(stdout.indexOf('\nAnalyzed') + 1)
    expect(stdout.slice(0, stdout.indexOf('\nAnalyzed'))).toContain('Optimized plan')
    const patterns = [
      /^Analyzed with its outputs discarded: \d+\.\d s, \d+\.\d{3} s of CPU, 1 thread scans$/,
      /^ {2}scanner wasm: 3 lines, \S+ [kM]?B\/s a thread, \S+ [kM]?B\/s in all$/,
      /^ {2}slow lines: 1, 33\.33 % of all$/,
      /^$/,
      /^ {2}operator +rows in +rows out +bytes +time$/,
      /^ {2}read +\d+ B +\d\.\d{3} s$/,
      /^ {2}inflate +\d+ B +\d\.\d{3} s$/,
      /^ {2}scan ndjson in +3 +2 +\d+ B +\d\.\d{3} s$/,
      /^ {4}filter, else "event not wanted" +3 +2$/,
      /^ {4}filter, else "userId missing" +2 +2$/,
      /^ {4}filter, else "order without sku" +2 +2$/,
      /^ {4}filter, else "event missing" +2 +2$/,
      /^ {4}filter, else "properties.sku missing" +2 +2$/,
      /^ {2}set aside +2 +2 +\d\.\d{3} s$/,
      /^ {2}project USER_ID, ITEM_ID, EVENT_TYPE, TIMESTAMP +2 +2 +\d\.\d{3} s$/,
      /^ {2}encode csv out +2 +2 +78 B +\d\.\d{3} s$/,
      /^ {2}project user_id, item_id, event_type, timestamp_s, event_time, dt +2 +2 +\d\.\d{3} s$/,
      /^ {2}encode parquet table +2 +2 +\S+ k?B +\d\.\d{3} s$/,
      /^$/,
      /^ {2}times are /,
      /^$/,
    ]
    expect(analysis.split('\n')).toEqual(patterns.map((pattern) => expect.stringMatching(pattern)))
  })

  it('lists jobs and their parameters', async () => {
    const { stdout } = await fletching(['list'])
    expect(stdout).toMatch(/^segment-to-personalize\n {2}--S3_JSON_INPUT_PATH {2}/m)
  })

  it.each([
    ['segment-users-to-personalize', /^segment-users-to-personalize\n(?: {2}--S3_\w+ {2}.*\n){3}$/],
    ['./own.mjs', /^own\n {2}--INPUT {2}events\n$/],
  ])('lists the parameters of one job: %s', async (job, stdout) => {
    const api = import.meta.resolve('@fletching/job').replace('/src/index.ts', '/dist/index.js')
    const params = `{ INPUT: param.location('events') }`
    const own = `import { defineJob, param } from '${api}'\nexport default defineJob({ name: 'own', params: ${params}, plan: () => [] })`
    expect(await command({ 'own.mjs': own }, ['list', job])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(stdout),
      stderr: '',
    })
  })

  it('says its version', async () => {
    const { version } = JSON.parse(await readFile(join(import.meta.dirname, '../packages/cli/package.json'), 'utf8'))
    expect((await fletching(['--version'])).stdout).toBe(`${version}\n`)
  })
})
