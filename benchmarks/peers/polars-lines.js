// @ts-check
// The lines of the input as one column of texts, to Polars.
import { createReadStream, createWriteStream, mkdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import pl from 'nodejs-polars'
import { inputFiles, inputGlob, isGzip, table, threadCount } from './task.js'

const inflatedFolder = join(table, '../inflated')

/** A lazy frame of one column, `line`. */
export async function scanLines() {
  return pl.scanCSV(isGzip ? await inflated() : inputGlob, {
    hasHeader: false,
    sep: '\u0001',
    quoteChar: '',
    schema: { line: pl.Utf8 },
  })
}

/** To be called once the lines have been read. */
export function removeInflated() {
  rmSync(inflatedFolder, { recursive: true, force: true })
}

/** Its build for Node has no gzip: Node inflates, as many files at once as there are threads, into files beside the table. */
async function inflated() {
  mkdirSync(inflatedFolder)
  const rest = inputFiles.values()
  const inflateRest = async () => {
    for (const file of rest) {
      const target = join(inflatedFolder, basename(file, '.gz'))
      await pipeline(createReadStream(file), createGunzip({ chunkSize: 1 << 20 }), createWriteStream(target))
    }
  }
  await Promise.all(Array.from({ length: threadCount }, inflateRest))
  return join(inflatedFolder, '*.json')
}
