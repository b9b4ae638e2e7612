// @ts-check
// What every program in this folder is asked to do: read the events of a folder, and write one CSV and a Parquet table.
import { mkdirSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'

const [input, out, threads] = process.argv.slice(2)

/** The events to keep. */
export const wanted = ['Product Added', 'Order Completed', 'Product Clicked']

/** The folder of the input; every file in it is to be read. */
export const inputFolder = input

/** The files of the input, by name. */
export const inputFiles = readdirSync(input)
  .sort()
  .map((name) => join(input, name))

/** Whether the input is compressed; all of it is, or none. */
export const isGzip = inputFiles[0].endsWith('.gz')

/** A pattern for all files of the input. */
export const inputGlob = join(input, isGzip ? '*.gz' : '*.json')

/** The one CSV file, as Fletching calls it. */
export const csvFile = join(out, 'csv/part-00000.csv')

/** The folder of the table. */
export const table = join(out, 'table')

/** How many threads may work at once. */
export const threadCount = Number(threads)

/** Makes the folders of the output, once, before anything is written. */
export function makeFolders() {
  mkdirSync(dirname(csvFile), { recursive: true })
  mkdirSync(table, { recursive: true })
}
