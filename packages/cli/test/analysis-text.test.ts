import type { Analysis } from '@fletching/engine'
import { expect, it } from 'vitest'
import { analysisText } from '../src/analysis-text.ts'

const none = { rowsIn: undefined, rowsOut: undefined, bytes: undefined, milliseconds: undefined }
const analysis: Analysis = {
  job: 'clicks',
  milliseconds: 2500,
  cpuMilliseconds: 4321,
  threads: 2,
  timedBy: 'cpu',
  scan: { scanner: 'wasm', lines: 20_000, slowLines: 25, bytes: 4000, uncompressedBytes: 10_000_000 },
  operators: [
    { ...none, operator: 'read', bytes: 4000, milliseconds: 12 },
    { operator: 'scan ndjson in', rowsIn: 20_000, rowsOut: 150, bytes: 10_000_000, milliseconds: 1000 },
    { ...none, operator: '  filter, else "no id"', rowsIn: 20_000, rowsOut: 150 },
    { operator: 'encode csv out', rowsIn: 150, rowsOut: 150, bytes: 1234, milliseconds: 3.25 },
  ],
}

const table = `
  operator                 rows in   rows out     bytes      time
  read                                           4.0 kB   0.012 s
  scan ndjson in            20 000        150   10.0 MB   1.000 s
    filter, else "no id"    20 000        150
  encode csv out               150        150    1.2 kB   0.003 s
`

it('an analysis is a table of its operators', () => {
  expect(analysisText(analysis)).toBe(`Analyzed with its outputs discarded: 2.5 s, 4.321 s of CPU, 2 threads scan
  scanner wasm: 20 000 lines, 10.0 MB/s a thread, 4.0 MB/s in all
  slow lines: 25, 0.13 % of all
${table}
  times are of CPU; beside them, 3.306 s for compiling, garbage, and what is not listed
`)
})

it('an analysis shortens the words of a long operator', () => {
  const operators = [{ ...none, operator: `filter ${'x'.repeat(200)}`, rowsIn: 3, rowsOut: 2 }]
  expect(analysisText({ ...analysis, operators })).toContain(`
  filter ${'x'.repeat(113)}…         3          2
`)
})

it('an analysis of nothing on one thread divides by nothing', () => {
  const scan = { ...analysis.scan, lines: 0, slowLines: 0, uncompressedBytes: 0 }
  expect(analysisText({ ...analysis, threads: 1, timedBy: 'clock', scan, operators: [] })).toBe(
    `Analyzed with its outputs discarded: 2.5 s, 4.321 s of CPU, 1 thread scans
  scanner wasm: 0 lines, 0 B/s a thread, 0 B/s in all
  slow lines: 0, 0.00 % of all

  operator   rows in   rows out   bytes   time

  times are by the clock, on each thread while it worked: more than CPU time where CPUs are shared
`,
  )
})
