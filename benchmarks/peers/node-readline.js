// @ts-check
// Node with JSON.parse as it is often written: a loop over readline, on one thread.
import { createReadStream, createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { finished } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { csvHeader, TableFile } from './rows.js'
import { csvFile, inputFiles, isGzip, makeFolders, table } from './task.js'

makeFolders()
const csv = createWriteStream(csvFile)
csv.write(csvHeader)
const output = new TableFile(join(table, 'part-00000.parquet'))
for (const file of inputFiles) {
  const bytes = createReadStream(file)
  for await (const line of createInterface({ input: isGzip ? bytes.pipe(createGunzip()) : bytes })) {
    const row = output.rows.add(line)
    if (row !== '') csv.write(row)
    if (output.isFull) await output.flush()
  }
}
csv.end()
await finished(csv)
await output.close()
