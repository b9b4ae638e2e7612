import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'

it('every module in WebAssembly is what its sources give', () => {
  const script = join(import.meta.dirname, '../scripts/build-wasm.js')
  expect(execFileSync(process.execPath, [script, '--check'], { encoding: 'utf8' })).toMatch(
    /^ndjson: \d+ bytes of WebAssembly\ncsv: \d+ bytes of WebAssembly\nparquet: \d+ bytes of WebAssembly\nstorage: \d+ bytes of WebAssembly\n$/,
  )
})
