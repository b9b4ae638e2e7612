import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { openFaultyS3, triesAll } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { canMount, runOnMachine } from './machine.ts'
import { event, linesOf, rowOf } from './run.ts'

const IN = '--S3_JSON_INPUT_PATH=in'
const TABLE = '--S3_PARQUET_OUTPUT_PATH=table'
const HEADER = 'USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP'
const line = `${event('u')}\n`
const users = (count: number) => Array.from({ length: count }, (_, number) => `u${number}`)
/** All of 5,000 with FLETCHING_FAULTS=all; a sample of them is enough to have more than there may be open files. */
const PARTITIONS = triesAll ? 5000 : 500
/** Likewise, of what is held of partitions that are written in turns. */
const MANY = triesAll ? 5000 : 1000
const ROWS = triesAll ? 300_000 : 50_000
const manyUsers = linesOf(users(PARTITIONS).map((user) => event(user)))
/** Malformed: a run that reads it ends with another code. */
const unread = { 'in/a': '{' }
/** More than half a megabyte of what cannot be made smaller, in a CSV or in a table. */
const digests = Array.from({ length: 4000 }, (_, number) => createHash('sha512').update(String(number)).digest('hex'))
const large = { 'in/a': linesOf(digests.map((user) => event(user))) }

/** What an error says from its first line on, without the job that it names in between. */
function failure(code: string, what: string, at: string | RegExp, help: string): RegExp {
  const text = (value: string) => value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const place = typeof at === 'string' ? text(at) : at.source
  return new RegExp(
    `^${code}: ${text(what)}\\n {2}at ${place}\\n {2}at job segment-to-personalize\\n {2}${text(help)}\\n$`,
  )
}

const full = (at: string) =>
  failure('DISK_FULL', 'no space left to write', at, 'free some space, or choose another place')
const denied = (at: RegExp) =>
  failure('ACCESS_DENIED', 'not allowed to write', at, 'give this user access, or choose another place')
const spill = (at: string, why: string) =>
  new RegExp(
    `^SPILL: cannot write what has to wait: ${why}.*\\n {2}at ${at}\\n {2}at job segment-to-personalize\\n {2}give a folder with room for temporary files with --tmp\\n$`,
  )

describe('with 64 files open at most, the command', () => {
  const setup = 'ulimit -n 64'

  it('writes thousands of partitions', async () => {
    const args = [IN, TABLE, '--partition-by', 'user_id']
    const { code, stderr, csv, left } = await runOnMachine({ files: { 'in/a': manyUsers }, setup, args })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(csv?.split('\n')).toEqual([HEADER, ...users(PARTITIONS).map((user) => rowOf(user)), ''])
    expect(left.filter((name) => name.endsWith('.parquet'))).toHaveLength(PARTITIONS)
  }, 120_000)

  it('goes on with the files of many partitions in turns', async () => {
    const args = [IN, TABLE, '--partition-by', 'user_id', '--row-group-rows', '1']
    const twice = { 'in/a': manyUsers, 'in/b': manyUsers }
    const { code, stderr, left } = await runOnMachine({ files: twice, setup, args })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(left.filter((name) => name.endsWith('.parquet'))).toHaveLength(PARTITIONS)
  }, 120_000)

  it('says so where hardly any may be open, and leaves nothing', async () => {
    const args = [IN, TABLE, '--partition-by', 'user_id', '--row-group-rows', '1']
    const { code, stderr, left } = await runOnMachine({ files: { 'in/a': manyUsers }, setup: 'ulimit -n 26', args })
    expect({ code, left }).toEqual({ code: 4, left: [] })
    expect(stderr).toMatch(
      failure('TOO_MANY_FILES', 'too many files are open', /\.\/.*/, 'raise the limit with ulimit -n'),
    )
  })

  it('reads 300 objects of S3', async () => {
    const s3 = await openFaultyS3({ buckets: ['bucket'] })
    try {
      for (const user of users(300)) s3.put('bucket', `in/${user.padStart(4, 'x')}`, gzipSync(`${event(user)}\n`))
      const args = ['--S3_JSON_INPUT_PATH=s3://bucket/in', '--workers=2']
      const { code, stderr, csv } = await runOnMachine({ setup, args, env: s3.env })
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(csv?.split('\n').sort()).toEqual([HEADER, '', ...users(300).map((user) => rowOf(user))].sort())
    } finally {
      await s3.close()
    }
  })
})

it('the command says that files may not be so large, and leaves nothing', async () => {
  const { code, stderr, left } = await runOnMachine({ files: large, setup: 'ulimit -f 256', args: [IN] })
  expect({ code, left }).toEqual({ code: 4, left: [] })
  expect(stderr).toMatch(
    failure(
      'DISK',
      'cannot write: EFBIG',
      './out/part-00000.csv',
      'look at the disk and its limits, or choose another place',
    ),
  )
})

describe.skipIf(!canMount())(
  'on a file system of its own (needs a name space in which this user may mount), the command',
  () => {
    const files = { ...large, 'small/x': '' }
    const small = (size: string) => `mount -t tmpfs -o size=${size} tmpfs small`
    const readOnly = 'mount --bind locked locked && mount -o remount,ro,bind locked'

    it.each<[string, readonly string[], string]>([
      ['its CSV', [IN, '--S3_CSV_OUTPUT_PATH=small/out'], './small/out/part-00000.csv'],
      [
        'its table',
        [IN, '--S3_PARQUET_OUTPUT_PATH=small/table', '--row-group-rows=500'],
        './small/table/dt=2019-05-18/part-00000.parquet',
      ],
    ])('says that the disk is full, and leaves nothing of %s', async (_, args, at) => {
      const outcome = await runOnMachine({ files, setup: small('256k'), mounts: true, args })
      expect({ code: outcome.code, left: outcome.left }).toEqual({ code: 4, left: [] })
      expect(outcome.stderr).toMatch(full(at))
    })

    it('says that what has to wait has no room, and leaves nothing', async () => {
      // Keys of 1 kB, more of them than there is memory for.
      const keys = Array.from({ length: 20_000 }, (_, number) =>
        event('u', `,"messageId":"${`${number}`.padStart(1000, 'k')}"`),
      )
      const outcome = await runOnMachine({
        files: { 'in/a': linesOf(keys), 'small/x': '' },
        setup: small('256k'),
        mounts: true,
        args: [IN, '--tmp=small', '--DEDUPE=messageId', '--max-memory=200MB'],
      })
      expect({ code: outcome.code, left: outcome.left }).toEqual({ code: 4, left: [] })
      expect(outcome.stderr).toMatch(spill('small', 'ENOSPC'))
    })

    it.each<[string, readonly string[], RegExp]>([
      ['the CSV', ['--S3_CSV_OUTPUT_PATH=locked/out', '--state=state'], denied(/\.\/locked\/out/)],
      ['the table', ['--S3_PARQUET_OUTPUT_PATH=locked/table'], denied(/\.\/locked\/table/)],
      ['the state', ['--state=locked/state'], denied(/\.\/locked\/state\/runs/)],
      ['what has to wait', ['--tmp=locked'], spill('locked', 'EROFS')],
    ])('says before it reads anything that the place of %s cannot be written', async (_, args, says) => {
      const outcome = await runOnMachine({
        files: { ...unread, 'locked/x': '' },
        setup: readOnly,
        mounts: true,
        args: [IN, ...args],
      })
      expect({ code: outcome.code, left: outcome.left }).toEqual({ code: 4, left: [] })
      expect(outcome.stderr).toMatch(says)
    })
  },
)

describe('what is no file is not waited for:', () => {
  it.each(['pipe', '/dev/zero', '/dev/null'])('%s', async (path) => {
    const { code, stderr, left } = await runOnMachine({
      setup: 'mkfifo pipe',
      args: [`--S3_JSON_INPUT_PATH=${path}`],
    })
    expect({ code, left }).toEqual({ code: 2, left: [] })
    expect(stderr).toBe(`NOT_A_FILE: the path is neither a file nor a folder
  at ${path === 'pipe' ? './pipe' : path}
  at job segment-to-personalize
  expected a file or a folder; give - to read standard input
`)
  })
})

it('links that lead out of the input are passed over, and those in an output are followed', async () => {
  const files = { 'mine/a': `${event('mine')}\n`, 'elsewhere/x': '', 'in/a': line, 'table/.keep': '' }
  const setup = 'ln -s ../mine/a in/b; ln -s ../mine in/c; ln -s ../elsewhere table/dt=2019-05-18'
  const { code, csv, left } = await runOnMachine({ files, setup, args: [IN, TABLE, '--allow-other-files'] })
  expect({ code, csv }).toEqual({ code: 0, csv: `${HEADER}\n${rowOf('u')}\n` })
  expect(left).toContain('./elsewhere/part-00000.parquet')
})

describe('with a reader of its words who goes away, the command', () => {
  it('comes to its end', async () => {
    // The reader leaves before the command has begun to talk.
    const { code, stderr, csv } = await runOnMachine({
      files: large,
      setup: 'exec > >(exec true); while kill -0 $! 2>/dev/null; do :; done',
      args: [IN],
    })
    expect({ code, stderr, rows: csv?.split('\n').slice(1, -1) }).toEqual({
      code: 0,
      stderr: '',
      rows: digests.map((user) => rowOf(user)),
    })
  })

  it('tells that they were lost on a full disk, and keeps its outputs', async () => {
    const { code, stderr, csv } = await runOnMachine({ files: { 'in/a': line }, setup: 'exec >/dev/full', args: [IN] })
    expect({ code, stderr, csv }).toEqual({
      code: 4,
      stderr:
        'OUTPUT_NOT_WRITTEN: standard output cannot be written: ENOSPC\n  what the command did is done; only its words are lost\n',
      csv: `${HEADER}\n${rowOf('u')}\n`,
    })
  })
})

describe.skipIf(!triesAll)('within 256 MB the command (npm run test:faults)', () => {
  const LIMIT = 256_000_000
  /** What a table of thousands of partitions may take besides: by how soon their many small objects are collected. */
  const BEYOND = 128_000_000
  const memory = '--max-memory=256MB'
  const MEGABYTE = 1_000_000
  const filler = Buffer.alloc(MEGABYTE, 'x')
  const lines = Buffer.from(line.repeat(MEGABYTE / line.length))
  const linesPerPiece = lines.length / line.length

  function* pieces(piece: Uint8Array, count: number): Generator<Uint8Array> {
    for (let number = 0; number < count; number++) yield piece
  }

  function* longLine(): Generator<Uint8Array> {
    yield Buffer.from(`${line}{"userId":"`)
    yield* pieces(filler, 200)
    yield Buffer.from(`"}\n${line}`)
  }

  it('takes a stream of 300 MB into a CSV and a table', async () => {
    const args = ['--S3_JSON_INPUT_PATH=-', TABLE, memory]
    const { code, stdout, peakBytes } = await runOnMachine({ args, input: pieces(lines, 300) })
    expect(code).toBe(0)
    expect(stdout).toContain(`"lines":${300 * linesPerPiece},"rows":${300 * linesPerPiece},`)
    expect(peakBytes).toBeLessThan(LIMIT)
  })

  it('takes 300 MB of files with two workers into a CSV and a table', async () => {
    const files = Object.fromEntries(
      ['a', 'b', 'c'].map((name) => [`in/${name}`, Buffer.concat([...pieces(lines, 100)])]),
    )
    const { code, stdout, peakBytes } = await runOnMachine({ files, args: [IN, TABLE, memory, '--workers=2'] })
    expect(code).toBe(0)
    expect(stdout).toContain(`"lines":${300 * linesPerPiece},"rows":${300 * linesPerPiece},`)
    expect(peakBytes).toBeLessThan(LIMIT)
  })

  it.each(['-', 'in'])('counts a line of 200 MB from %s', async (place) => {
    const { code, stdout, peakBytes } = await runOnMachine({
      ...(place === '-' ? { input: longLine() } : { files: { 'in/a': Buffer.concat([...longLine()]) } }),
      args: [`--S3_JSON_INPUT_PATH=${place}`, memory, '--on-malformed=quarantine', '--workers=2'],
    })
    expect(code).toBe(0)
    expect(stdout).toContain('"lines":3,"rows":2,')
    expect(stdout).toContain('"malformed":{"LINE_TOO_LONG":1}')
    expect(peakBytes).toBeLessThan(LIMIT)
  })

  it('takes an archive that grows a thousandfold', async () => {
    const bomb = Buffer.concat([...pieces(gzipSync(Buffer.alloc(20 * MEGABYTE, ' ')), 20), gzipSync(`\n${line}`)])
    expect(bomb.length).toBeLessThan((400 * MEGABYTE) / 950)
    const { code, csv, peakBytes } = await runOnMachine({ files: { 'in/a': bomb }, args: [IN, memory] })
    expect({ code, csv }).toEqual({ code: 0, csv: `${HEADER}\n${rowOf('u')}\n` })
    expect(peakBytes).toBeLessThan(LIMIT)
  })

  it(`takes ${ROWS} events of ${MANY} partitions in turns`, async () => {
    const turn = linesOf(users(MANY).map((user) => event(user)))
    const { code, left, peakBytes } = await runOnMachine({
      files: { 'in/a': turn.repeat(ROWS / MANY) },
      args: [IN, TABLE, memory, '--partition-by=user_id'],
    })
    expect(code).toBe(0)
    expect(left.filter((name) => name.endsWith('.parquet'))).toHaveLength(MANY)
    expect(peakBytes).toBeLessThan(LIMIT + (MANY > 1000 ? BEYOND : 0))
  }, 120_000)

  it.skipIf(!existsSync('/proc/self/stat'))('waits for a sink that takes nothing (needs /proc)', async () => {
    let pid: number | undefined
    let parts = 0
    const s3 = await openFaultyS3({
      buckets: ['bucket'],
      onRequest: async ({ op, phase }) => {
        // The first part is held until the command has nothing to do but to wait.
        if (op === 'UploadPart' && phase === 'arrived' && ++parts === 1) await untilIdle(pid)
        return undefined
      },
    })
    try {
      const files = Object.fromEntries(
        ['a', 'b', 'c'].map((name) => [`in/${name}`, Buffer.concat([...pieces(lines, 60)])]),
      )
      const { code, stderr, peakBytes } = await runOnMachine({
        files,
        // The shell's own number, which is the command's once it has begun.
        args: [IN, '--S3_CSV_OUTPUT_PATH=s3://bucket/out', memory, '--workers=2'],
        env: s3.env,
        onStart: (started) => {
          pid = started
        },
      })
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      const [csv] = s3.objects('bucket').filter(({ key }) => key === 'out/part-00000.csv')
      expect(csv.bytes.length).toBe(HEADER.length + 1 + 180 * linesPerPiece * (rowOf('u').length + 1))
      expect(peakBytes).toBeLessThan(LIMIT)
    } finally {
      await s3.close()
    }
  })
})

/** Resolves when a shell's child has used no time of a processor for a while. */
async function untilIdle(shell: number | undefined): Promise<void> {
  const child = readFileSync(`/proc/${shell}/task/${shell}/children`, 'utf8').trim().split(' ')[0]
  const ticks = () => {
    const fields = readFileSync(`/proc/${child}/stat`, 'utf8').split(') ')[1].split(' ')
    return Number(fields[11]) + Number(fields[12])
  }
  for (let quiet = 0, last = -1; quiet < 20; quiet++) {
    const now = ticks()
    if (now !== last) quiet = 0
    last = now
    await delay(25)
  }
}
