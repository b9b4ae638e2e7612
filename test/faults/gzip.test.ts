import { crc32, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { bytesOf, event, type Files, failure, linesOf, rowOf, run, runCommand } from './run.ts'

const text = linesOf(['a', 'b', 'c', 'd'].map((user) => event(user)))
const file = gzipSync(text)
const half = text.length / 2
const zeros = new Uint8Array(5000)
const noRow = gzipSync('')

/** The file with other bytes in the place of some. */
function changed(at: number, ...bytes: readonly number[]): Buffer {
  const copy = Buffer.from(file)
  copy.set(bytes, at < 0 ? copy.length + at : at)
  return copy
}

/** A member whose content is stored, not compressed, so that a damaged byte of it damages nothing but the text. */
function stored(content: string, says = content): Buffer {
  const member = gzipSync(content, { level: 0 })
  member.writeInt32LE(crc32(says) | 0, member.length - 8)
  return member
}

describe('all rows come out of', () => {
  it.each<[string, Files]>([
    ['one member', { 'a.gz': file }],
    ['gzip that is not named .gz', { 'a.json': file }],
    ['plain text that is named .gz', { 'a.gz': text }],
    ['several members', { 'a.gz': bytesOf(gzipSync(text.slice(0, half)), gzipSync(text.slice(half))) }],
    ['empty members first, between and last', { 'a.gz': bytesOf(noRow, noRow, file, noRow) }],
    ['a member a byte', { 'a.gz': bytesOf(...Array.from(text, (byte) => gzipSync(byte))) }],
    [
      'lines that go over members',
      { 'a.gz': bytesOf(gzipSync(text.slice(0, 70)), gzipSync(text.slice(70, 71)), gzipSync(text.slice(71))) },
    ],
    [
      'members between zeros',
      { 'a.gz': bytesOf(gzipSync(text.slice(0, half)), zeros, gzipSync(text.slice(half)), zeros, noRow, zeros) },
    ],
    ['files beside empty ones', { 'a.gz': '', b: '', 'c.gz': noRow, 'd.gz': file }],
    ['a member with a byte order mark', { 'a.gz': gzipSync(`\ufeff${text}`) }],
  ])('%s', async (_, files) => {
    const { rows, counts } = await run(files)
    expect({ rows, counts }).toEqual({
      rows: ['a', 'b', 'c', 'd'].map((user) => rowOf(user)),
      counts: { lines: 4, rows: 4 },
    })
  })
})

describe('the run fails, whatever is said of malformed lines, on', () => {
  const damaged = (why: string) => `CORRUPT_GZIP: the gzip file is damaged: ${why}
  at b.gz
  at job segment-to-personalize
  nothing was written; fetch it again from its producer, or leave it out with --exclude`
  const unsupported = (what: string) => `UNSUPPORTED_COMPRESSION: the object is ${what}
  at b.gz
  at job segment-to-personalize
  nothing was written; store it as gzip or plain text, or leave it out with --exclude`
  const other = (name: string) => unsupported(`${name}, not gzip or plain text`)
  /** One line, `{"userId":"u1"}`, as each tool has written it. */
  const archive = (base64: string) => Buffer.from(base64, 'base64')

  it.each<[string, Uint8Array, string]>([
    ['a header alone', file.subarray(0, 10), damaged('it ends before its data does')],
    ['half a header', file.subarray(0, 6), damaged('it ends within a header')],
    ['half a file', file.subarray(0, file.length / 2), damaged('it ends before its data does')],
    ['a file without its trailer', file.subarray(0, -8), damaged('it ends within a trailer')],
    ['a file with half of its trailer', file.subarray(0, -4), damaged('it ends within a trailer')],
    ['a second member that is cut', bytesOf(file, file.subarray(0, 40)), damaged('it ends before its data does')],
    [
      'a member behind zeros that is cut',
      bytesOf(file, zeros, file.subarray(0, -1)),
      damaged('it ends within a trailer'),
    ],
    ['a wrong checksum', changed(-8, file[file.length - 8] ^ 1), damaged('a checksum is wrong')],
    ['a wrong length', changed(-4, file[file.length - 4] ^ 1), damaged('a length is wrong')],
    [
      'a wrong byte that leaves every line well-formed',
      stored(text.replace('"b"', '"x"'), text),
      damaged('a checksum is wrong'),
    ],
    ['damaged data', changed(30, 0xff, 0xff, 0xff, 0xff), damaged('its data is damaged')],
    ['a line of text behind its end', bytesOf(file, text), damaged('other bytes follow its end')],
    ['one byte behind its end', bytesOf(file, [0x1f]), damaged('other bytes follow its end')],
    ['text behind zeros', bytesOf(file, zeros, text), damaged('other bytes follow its end')],
    ['gzip in gzip', gzipSync(file), unsupported('gzip inside of gzip')],
    ['zlib', deflateSync(text), other('zlib')],
    [
      'zip',
      archive(
        'UEsDBAoAAAAAAOaDeV0uKiSQEAAAABAAAAAGAAAAYS5qc29ueyJ1c2VySWQiOiJ1MSJ9ClBLAQIeAwoAAAAAAOaDeV0uKiSQEAAAABAAAAAGAAAAAAAAAAEAAACkgQAAAABhLmpzb25QSwUGAAAAAAEAAQA0AAAANAAAAAAA',
      ),
      other('zip'),
    ],
    ['zstd', archive('KLUv/SQQgQAAeyJ1c2VySWQiOiJ1MSJ9CpdOk0w='), other('zstd')],
    [
      'bzip2',
      archive('QlpoOTFBWSZTWXQlWXEAAAddgAAQEAAgEAAgBgAaCiAAIhNHomeoQNA0CUSVlgkxzRdyRThQkHQlWXE='),
      other('bzip2'),
    ],
    [
      'xz',
      archive('/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQAPeyJ1c2VySWQiOiJ1MSJ9CgCfOYfzC7tchQABKBDlC2xgH7bzfQEAAAAABFla'),
      other('xz'),
    ],
  ])('%s', async (_, bytes, message) => {
    const files = { 'a.gz': file, 'b.gz': bytes, 'c.gz': file }
    for (const onMalformed of ['fail', 'quarantine'] as const) {
      const error = await failure(files, { onMalformed })
      expect({ kind: error.kind, message: error.message }).toEqual({ kind: 'data', message })
    }
    expect((await run(files, { exclude: ['b.gz'] })).counts).toEqual({ lines: 8, rows: 8 })
  })
})

it('250 MB in 0.25 MB go through a process with little memory', async () => {
  const line = `${event('a', `,"x":"${'x'.repeat(5e6)}"`).replace('Product Clicked', 'Page Viewed')}\n`
  const bomb = bytesOf(...Array<Buffer>(50).fill(gzipSync(line)), gzipSync(text))
  expect(bomb.length).toBeLessThan(0.3e6)
  const { code, outputs, peakBytes } = await runCommand({ 'a.gz': bomb }, [], {
    NODE_OPTIONS: '--max-old-space-size=48',
  })
  expect(code).toBe(0)
  expect(outputs['out/part-00000.csv'].toString().split('\n')).toHaveLength(6)
  expect(peakBytes).toBeLessThan(240e6)
})
