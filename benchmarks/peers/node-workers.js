// @ts-check
// Node with JSON.parse, written with care: threads take pieces of the input in turn, read each as a whole, cut it at line ends,
// and hand their CSV over as bytes; each writes a Parquet file of its own.
import { closeSync, createReadStream, fstatSync, openSync, readFileSync, readSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { createGunzip, gunzipSync } from 'node:zlib'
import { csvHeader, TableFile } from './rows.js'
import { csvFile, inputFiles, isGzip, makeFolders, table, threadCount } from './task.js'

/** @typedef {{ readonly file: string, readonly start: number, readonly end: number }} Piece */

const PIECE_BYTES = 8 << 20
/** Larger archives are inflated bit by bit, so that memory stays small. */
const WHOLE_ARCHIVE_BYTES_MAX = 16 << 20
const LINE_END = 0x0a

if (isMainThread) await coordinate()
else await work(workerData)

async function coordinate() {
  makeFolders()
  const pieces = inputFiles.flatMap((file) => (isGzip ? [{ file, start: 0, end: 0 }] : piecesOf(file)))
  const next = new SharedArrayBuffer(4)
  const csv = openSync(csvFile, 'w')
  writeSync(csv, csvHeader)
  await Promise.all(
    Array.from({ length: threadCount }, (_, index) => {
      const worker = new Worker(new URL(import.meta.url), {
        argv: process.argv.slice(2),
        workerData: { pieces, next, tableFile: join(table, `part-0000${index}.parquet`) },
      })
      worker.on('message', (/** @type {Uint8Array} */ bytes) => writeAll(csv, bytes))
      return new Promise((resolve, reject) => worker.on('error', reject).on('exit', resolve))
    }),
  )
  closeSync(csv)
}

/** @param {{ pieces: Piece[], next: SharedArrayBuffer, tableFile: string }} task */
async function work({ pieces, next, tableFile }) {
  const counter = new Int32Array(next)
  const output = new TableFile(tableFile)
  for (let index = Atomics.add(counter, 0, 1); index < pieces.length; index = Atomics.add(counter, 0, 1)) {
    const piece = pieces[index]
    if (!isGzip) await parse(read(piece), output)
    else if (statSync(piece.file).size <= WHOLE_ARCHIVE_BYTES_MAX)
      await parse(gunzipSync(readFileSync(piece.file)), output)
    else for await (const lines of inflate(piece.file)) await parse(lines, output)
  }
  await output.close()
}

/**
 * Whole lines to rows.
 * @param {Buffer} bytes
 * @param {TableFile} output
 */
async function parse(bytes, output) {
  let csv = ''
  // In steps, since a string has a limit and a small one stays in the cache.
  for (let at = 0; at < bytes.length; ) {
    const end = at + PIECE_BYTES >= bytes.length ? bytes.length : bytes.lastIndexOf(LINE_END, at + PIECE_BYTES) + 1
    for (const line of bytes.toString('utf8', at, end).split('\n')) if (line !== '') csv += output.rows.add(line)
    at = end
  }
  if (output.isFull) await output.flush()
  parentPort?.postMessage(Buffer.from(csv))
}

/** @param {string} file */
async function* inflate(file) {
  let rest = Buffer.alloc(0)
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }).pipe(
    createGunzip({ chunkSize: 1 << 20 }),
  )) {
    const end = chunk.lastIndexOf(LINE_END) + 1
    if (end > 0) yield Buffer.concat([rest, chunk.subarray(0, end)])
    rest = end > 0 ? chunk.subarray(end) : Buffer.concat([rest, chunk])
  }
  if (rest.length > 0) yield rest
}

/**
 * A plain file, cut at line ends.
 * @param {string} file
 * @returns {Piece[]}
 */
function piecesOf(file) {
  const handle = openSync(file, 'r')
  const { size } = fstatSync(handle)
  const pieces = []
  for (let start = 0; start < size; ) {
    const end = lineEndFrom(handle, Math.min(start + PIECE_BYTES, size), size)
    pieces.push({ file, start, end })
    start = end
  }
  closeSync(handle)
  return pieces
}

/**
 * Where the line ends that holds the byte before `at`.
 * @param {number} handle
 * @param {number} at
 * @param {number} size
 */
function lineEndFrom(handle, at, size) {
  const window = Buffer.alloc(1 << 16)
  for (let from = at - 1; from < size; from += window.length) {
    const found = window.subarray(0, readSync(handle, window, 0, window.length, from)).indexOf(LINE_END)
    if (found !== -1) return from + found + 1
  }
  return size
}

/** @param {Piece} piece */
function read({ file, start, end }) {
  const bytes = Buffer.allocUnsafe(end - start)
  const handle = openSync(file, 'r')
  for (let at = 0; at < bytes.length; ) at += readSync(handle, bytes, at, bytes.length - at, start + at)
  closeSync(handle)
  return bytes
}

/**
 * @param {number} handle
 * @param {Uint8Array} bytes
 */
function writeAll(handle, bytes) {
  for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at)
}
