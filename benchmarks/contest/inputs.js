// @ts-check
// The input: one set of seeded events in five shapes, and a small set as the tiny job. Made once, kept, and made again when
// anything about it has changed.
import { createWriteStream, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { createGzip, gunzipSync, gzipSync } from 'node:zlib'
import { generateObjects, generatorVersion } from '@fletching/gen'
import { noted } from './note.js'

/** @typedef {{ readonly name: string, readonly says: string, readonly set: SetName }} Shape */
/** @typedef {'whole' | 'tiny'} SetName */
/** @typedef {{ readonly bytes: number, readonly lines: number }} MadeSet */
/** @typedef {{ readonly whole: MadeSet, readonly tiny: MadeSet }} Made */

/** Of 64 MiB or less: Segment writes none over 100 MB. */
const FILES_MIN = 16
const FILE_BYTES = 2 ** 26
const LEVEL = 6
const TINY_BYTES = 10_000_000
const LINE_END = 0x0a

/** @type {readonly Shape[]} */
export const shapes = [
  { name: 'plain', says: 'plain files', set: 'whole' },
  { name: 'gzip', says: 'gzip files', set: 'whole' },
  { name: 'one-plain', says: 'one plain file', set: 'whole' },
  { name: 'one-gzip', says: 'one gzip file', set: 'whole' },
  { name: 'many-gzip', says: 'small gzip files', set: 'whole' },
  { name: 'tiny', says: 'gzip files, a tiny job', set: 'tiny' },
]

/** Changes when the files of a seed and size do. */
const version = `generator ${generatorVersion}, shapes 2`

/**
 * The folder that holds the input in all shapes, made if it is not there, and what is in it.
 *
 * @param {{ data: string, seed: number, size: { name: string, bytes: number } }} options
 * @returns {Promise<{ folder: string, made: Made }>}
 */
export async function inputsOf({ data, seed, size }) {
  const folder = join(data, `${seed}-${size.name}`)
  const made = await noted(join(folder, 'made.json'), version, () => {
    console.log(`making the input in ${folder}`)
    rmSync(folder, { recursive: true, force: true })
    return make(folder, seed, size.bytes)
  })
  return { folder, made }
}

/**
 * The lines of a set.
 *
 * @param {string} folder
 * @param {SetName} set
 */
export function* linesOf(folder, set) {
  const files = join(folder, set === 'whole' ? 'plain' : set)
  for (const name of readdirSync(files).sort()) {
    const bytes = readFileSync(join(files, name))
    const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
    for (const line of text.split('\n')) if (line !== '') yield line
  }
}

/**
 * @param {string} folder
 * @param {number} seed
 * @param {number} bytes
 * @returns {Promise<Made>}
 */
async function make(folder, seed, bytes) {
  for (const { name } of shapes) mkdirSync(join(folder, name), { recursive: true })
  const files = Math.max(FILES_MIN, Math.ceil(bytes / FILE_BYTES))
  // Five thousand of a gibibyte.
  const piecesEach = Math.max(2, Math.round((5_000 * bytes) / 2 ** 30 / files))
  const plain = createWriteStream(join(folder, 'one-plain/events.json'))
  const gzip = createGzip({ level: LEVEL })
  const gzipFile = gzip.pipe(createWriteStream(join(folder, 'one-gzip/events.json.gz')))
  const whole = new SetCounter()
  let small = 0
  for (const object of generateObjects({ seed, bytes, files, traps: 0, gzip: false })) {
    const name = `${String(whole.objects).padStart(4, '0')}.json`
    writeFileSync(join(folder, 'plain', name), object.bytes)
    writeFileSync(join(folder, 'gzip', `${name}.gz`), gzipSync(object.bytes, { level: LEVEL }))
    for (const piece of pieces(object.bytes, piecesEach)) {
      writeFileSync(
        join(folder, 'many-gzip', `${String(small++).padStart(6, '0')}.json.gz`),
        gzipSync(piece, { level: LEVEL }),
      )
    }
    await Promise.all([written(plain, object.bytes), written(gzip, object.bytes)])
    whole.add(object.bytes)
  }
  plain.end()
  gzip.end()
  await Promise.all([finished(plain), finished(gzipFile)])
  const tiny = new SetCounter()
  for (const object of generateObjects({ seed, bytes: Math.min(bytes, TINY_BYTES), traps: 0, gzip: false })) {
    const name = `${String(tiny.objects).padStart(4, '0')}.json.gz`
    writeFileSync(join(folder, 'tiny', name), gzipSync(object.bytes, { level: LEVEL }))
    tiny.add(object.bytes)
  }
  return { whole: whole.made(), tiny: tiny.made() }
}

/** Counts what goes into a set. */
class SetCounter {
  objects = 0
  #bytes = 0
  #lines = 0

  /** @param {Uint8Array} bytes */
  add(bytes) {
    this.objects++
    this.#bytes += bytes.length
    for (const byte of bytes) if (byte === LINE_END) this.#lines++
  }

  /** @returns {MadeSet} */
  made() {
    return { bytes: this.#bytes, lines: this.#lines }
  }
}

/**
 * About equal pieces, cut at line ends.
 * @param {Uint8Array} bytes
 * @param {number} count
 */
function* pieces(bytes, count) {
  for (let at = 0, index = 1; at < bytes.length; index++) {
    const due = Math.min(bytes.length, Math.ceil((bytes.length * index) / count))
    const end = Math.max(at, bytes.indexOf(LINE_END, due - 1) + 1 || bytes.length)
    if (end > at) yield bytes.subarray(at, end)
    at = end
  }
}

/**
 * @param {import('node:stream').Writable} stream
 * @param {Uint8Array} bytes
 */
function written(stream, bytes) {
  return new Promise((resolve, reject) => stream.write(bytes, (error) => (error ? reject(error) : resolve(undefined))))
}
