import { gzipSync } from 'node:zlib'
import { FletchingError } from '@fletching/columns/errors'
import { type RunOptions, runJob } from '@fletching/engine'
import job from '@fletching/jobs/segment-to-personalize'
import { inFolder, openFaultyS3, spawnFletching } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { bytesOf, event, type Files, failure, rowOf, run } from './run.ts'

const line = `${event('u')}\n`
const bad = '{\n'
const setAside = `${event('u', ',"timestamp":"yesterday"')}\n`
/** An event in which so many objects and lists are open at once. */
const deepLine = (depth: number, more = '') =>
  `${event('u', `,"x":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}${more}`)}\n`
const MIB = 1024 * 1024
/** Content that is as dense as gzip can make it. */
const blanks = (bytes: number) => ' '.repeat(bytes - 1).concat('\n')
const bomb = gzipSync(bytesOf(line, blanks(20 * MIB)))
const small = gzipSync(bytesOf(line, blanks(MIB - line.length)))
const overSmall = gzipSync(bytesOf(line, blanks(MIB - line.length + 1)))
/** More than a worker takes at once, so that there is work for two. */
const plain = bytesOf(line, blanks(2 * MIB))

interface Case {
  readonly files: Files
  readonly options: RunOptions
  /** What the error says, if there is one, up to its help. */
  readonly says?: readonly string[]
}

const four = { a: line, b: line, 'c.gz': gzipSync(line), d: line }
const sizes = [line.length, line.length, four['c.gz'].length, line.length]
const bytesTo = (objects: number) => sizes.slice(0, objects).reduce((sum, size) => sum + size, 0)

const over = (bytes: number, stored: number, ratio: number) => [
  `GZIP_RATIO: more than ${bytes} bytes come out of ${stored} stored ones; at most ${ratio} times as many may`,
  '  at b.gz',
]

const cases: Readonly<Record<string, Case>> = {
  'as many objects as may be': { files: four, options: { objectsMax: 4 } },
  'one object more': {
    files: four,
    options: { objectsMax: 3 },
    says: ['TOO_MANY_OBJECTS: the input has 4 objects, more than 3', '  at d, the first beyond the limit'],
  },
  'several objects more': {
    files: four,
    options: { objectsMax: 1 },
    says: ['TOO_MANY_OBJECTS: the input has 4 objects, more than 1', '  at b, the first beyond the limit'],
  },
  'as many bytes as may be': { files: four, options: { inputBytesMax: bytesTo(4) } },
  'one byte more': {
    files: four,
    options: { inputBytesMax: bytesTo(4) - 1 },
    says: [
      `INPUT_TOO_LARGE: the input has ${bytesTo(4)} stored bytes, more than ${bytesTo(4) - 1}`,
      '  at d, the first beyond the limit',
    ],
  },
  'many bytes more': {
    files: four,
    options: { inputBytesMax: bytesTo(2) },
    says: [
      `INPUT_TOO_LARGE: the input has ${bytesTo(4)} stored bytes, more than ${bytesTo(2)}`,
      '  at c.gz, the first beyond the limit',
    ],
  },
  'stored bytes, not what comes out of them': { files: { b: bomb }, options: { inputBytesMax: bomb.length } },
  'a bomb without a limit': { files: { a: plain, b: bomb }, options: {} },
  'a bomb within the limit': { files: { a: plain, b: bomb }, options: { gzipRatioMax: 1100 } },
  'plain objects, whatever the limit': { files: { a: plain, b: plain }, options: { gzipRatioMax: 1 } },
  'a small bomb that makes 1 MiB': { files: { a: plain, b: small }, options: { gzipRatioMax: 1.5 } },
  'a small bomb that makes one byte more': {
    files: { a: plain, 'b.gz': overSmall, c: plain },
    options: { gzipRatioMax: 1.5 },
    says: over(MIB, overSmall.length, 1.5),
  },
  'a bomb': {
    files: { a: plain, 'b.gz': bomb, c: plain },
    options: { gzipRatioMax: 100 },
    says: over(100 * bomb.length, bomb.length, 100),
  },
  'a bomb alone': {
    files: { 'b.gz': bomb },
    options: { gzipRatioMax: 100 },
    says: over(100 * bomb.length, bomb.length, 100),
  },
  'a bomb whose end is dense': {
    files: { a: plain, b: bytesOf(bomb, gzipSync(line.repeat((2 * bomb.length) / line.length), { level: 0 })) },
    options: { gzipRatioMax: 500 },
  },
  'a bomb in the second member': {
    files: { a: plain, 'b.gz': bytesOf(gzipSync(line), bomb) },
    options: { gzipRatioMax: 100 },
    says: over(100 * (gzipSync(line).length + bomb.length), gzipSync(line).length + bomb.length, 100),
  },
  'a share of malformed lines that is too large until the last line': {
    files: { a: bad.repeat(10), b: line.repeat(990) },
    options: { onMalformed: 'skip', malformedMax: { percent: 1 } },
  },
  'a share of malformed lines that is too large in the end': {
    files: { a: bad.repeat(11), b: line.repeat(989) },
    options: { onMalformed: 'skip', malformedMax: { percent: 1 } },
    says: ['TOO_MANY_MALFORMED: 11 of 1000 lines are malformed, more than 1%', '  at 11 UNFINISHED'],
  },
  'lines as deep as may be': {
    files: { a: line, b: deepLine(6) },
    options: { depthMax: 6 },
  },
  'a line one deeper, of an event that nobody wants': {
    files: { a: line, b: `${line}${deepLine(7, ',"event":"Page Viewed"')}` },
    options: { depthMax: 6 },
    says: [
      'MALFORMED_JSON: objects and arrays are nested more than 6 deep',
      `  at b line 2, byte ${line.length + deepLine(7, ',"event":"Page Viewed"').indexOf('[[[[[[') + 5} of the uncompressed object`,
      '  at job segment-to-personalize',
      '  nothing was written; --on-malformed quarantine sets such lines apart and goes on',
      '  --max-depth, up to 1000, takes deeper ones',
    ],
  },
  'a deeper line, by the scanner in TypeScript': {
    files: { a: line, b: deepLine(7) },
    options: { depthMax: 6, scanner: 'ts' },
    says: ['MALFORMED_JSON: objects and arrays are nested more than 6 deep'],
  },
  'deeper lines among the malformed ones': {
    files: { a: bytesOf(line, deepLine(7), deepLine(6), deepLine(8)) },
    options: { onMalformed: 'skip', malformedMax: { lines: 1 }, depthMax: 6 },
    says: ['TOO_MANY_MALFORMED: more than 1 line is malformed', '  at a line 4, the first beyond the limit'],
  },
  'no share of malformed lines, at the first': {
    files: { a: bytesOf(line, bad, blanks(20 * MIB)), 'b.gz': small.subarray(0, -1) },
    options: { onMalformed: 'skip', malformedMax: { percent: 0 } },
    says: ['TOO_MANY_MALFORMED: more than 0 lines are malformed', '  at a line 2, the first beyond the limit'],
  },
  'no share of refused lines, at the first': {
    files: { a: bytesOf(line, setAside, blanks(20 * MIB)), 'b.gz': small.subarray(0, -1) },
    options: { onMalformed: 'skip', rejectsMax: { percent: 0 } },
    says: [
      'TOO_MANY_REJECTS: more than 0 lines are malformed or set aside',
      '  at a line 2, the first beyond the limit',
    ],
  },
}

describe('limits', () => {
  it.each(Object.entries(cases).flatMap(([name, one]) => [1, 2].map((workers) => ({ name, workers, ...one }))))(
    'of the input, on $name, with $workers threads',
    async ({ files, options, says, workers }) => {
      if (says === undefined) {
        const { rows } = await run(files, { workers, ...options })
        expect(rows.every((row) => row === rowOf('u'))).toBe(true)
        return
      }
      const { kind, message } = await failure(files, { workers, ...options })
      expect(kind).toBe('data')
      expect(message.split('\n').slice(0, says.length)).toEqual(says)
    },
  )

  it('that would refuse everything are no limits', async () => {
    expect(await failure(line, { gzipRatioMax: 0.5 })).toMatchObject({
      kind: 'author',
      code: 'BAD_OPTION',
      what: 'a ratio of 0.5 would refuse what is not compressed at all',
    })
  })

  it.each([0, 1001, 2.5])('on a depth are none of %d', async (depthMax) => {
    expect(await failure(line, { depthMax })).toMatchObject({
      kind: 'author',
      message: `BAD_OPTION: lines cannot be limited to a depth of ${depthMax}
  at job segment-to-personalize
  --max-depth takes a whole number from 1 to 1000`,
    })
  })

  it.each([1, 2])('end a bomb early, with %d threads', async (workers) => {
    let most = 0
    const s3 = await openFaultyS3({ buckets: ['bucket'] })
    const before = { ...process.env }
    Object.assign(process.env, s3.env)
    try {
      // A thousand members of 10 MB, of which the first hundredth is too much.
      const member = gzipSync(blanks(10_000_000))
      const bytes = Buffer.concat(Array<Buffer>(1000).fill(member))
      s3.put('bucket', 'in/a', plain)
      s3.put('bucket', 'in/b.gz', bytes)
      const places = {
        S3_JSON_INPUT_PATH: 's3://bucket/in',
        S3_CSV_OUTPUT_PATH: 's3://bucket/out',
        S3_PARQUET_OUTPUT_PATH: undefined,
      }
      const onProgress = (progress: { readonly bytes: number }) => {
        most = Math.max(most, progress.bytes)
      }
      const error: unknown = await runJob(job, places, { workers, gzipRatioMax: 10, onProgress }).then(
        () => undefined,
        (reason: unknown) => reason,
      )
      expect(error).toBeInstanceOf(FletchingError)
      expect(error).toMatchObject({ code: 'GZIP_RATIO', kind: 'data', at: ['s3://bucket/in/b.gz', `job ${job.name}`] })
      // What a worker is given is read ahead, and never inflated.
      if (workers === 1) expect(most).toBeLessThan(plain.length + bytes.length / 10)
      expect(s3.objects('bucket').map(({ key }) => key)).toEqual(['in/a', 'in/b.gz'])
    } finally {
      process.env = before
      await s3.close()
    }
  })
})

describe('the command', () => {
  const places = ['--S3_JSON_INPUT_PATH=-', '--S3_CSV_OUTPUT_PATH=out']
  const command = (args: readonly string[], input: Uint8Array) =>
    inFolder((cwd) => spawnFletching(['run', job.name, ...places, ...args], { cwd, input }))

  it.each<[string, Uint8Array, string]>([
    [
      '--max-input-bytes 1kB',
      plain,
      `INPUT_TOO_LARGE: the input has more than 1000 stored bytes
  at standard input
  at job segment-to-personalize
  nothing was written; give a smaller input, or raise --max-input-bytes
`,
    ],
    [
      '--max-gzip-ratio 100',
      overSmall,
      `GZIP_RATIO: more than 1048576 bytes come out of ${overSmall.length} stored ones; at most 100 times as many may
  at standard input
  at job segment-to-personalize
  nothing was written; leave it out with --exclude, or raise --max-gzip-ratio
`,
    ],
  ])('holds standard input within %s as it comes', async (options, input, stderr) => {
    const { code, stderr: told } = await command(options.split(' '), input)
    expect({ code, stderr: told }).toEqual({ code: 3, stderr })
  })

  it.each([
    { words: ['run', job.name, ...places, '--max-depth', '6'] },
    { words: ['explain', job.name, '--analyze', ...places, '--max-depth', '6'] },
    { words: ['run', job.name, ...places], env: { FLETCHING_MAX_DEPTH: '6' } },
    { words: ['explain', job.name, '--analyze', ...places], env: { FLETCHING_MAX_DEPTH: '6' } },
  ])('refuses a line that is too deep: $words, $env', async ({ words, env = {} }) => {
    const input = Buffer.from(deepLine(7))
    const { code, stderr } = await inFolder((cwd) => spawnFletching(words, { cwd, input, env }))
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: `MALFORMED_JSON: objects and arrays are nested more than 6 deep
  at standard input line 1, byte ${input.indexOf('[[[[[[') + 5} of the uncompressed object
  at job segment-to-personalize
  nothing was written; --on-malformed quarantine sets such lines apart and goes on
  --max-depth, up to 1000, takes deeper ones
`,
    })
  })

  it('takes what is within its limits', async () => {
    const limits = ['--max-objects', '1', '--max-input-bytes', '1MB', '--max-gzip-ratio', '1100.5']
    expect(await command(limits, bomb)).toMatchObject({ code: 0, stderr: '' })
  })

  it.each([
    ['--max-memory', '119MB', 'a run needs 120MB at least'],
    ['--max-gzip-ratio', '0.5', 'expected a number from 1, such as 100'],
    ['--max-gzip-ratio', '1:100', 'expected a number from 1, such as 100'],
    ['--max-objects', '0', 'expected a whole number from 1'],
    ['--max-depth', '0', 'expected a whole number from 1'],
    ['--max-input-bytes', 'much', 'expected a size such as 500kB, 50MB or 1GB'],
  ])('refuses %s %s', async (option, text, expected) => {
    const { code, stderr } = await command([option, text], Buffer.from(line))
    expect({ code, stderr }).toEqual({ code: 2, stderr: `BAD_OPTION: ${option} got "${text}"\n  ${expected}\n` })
  })
})
