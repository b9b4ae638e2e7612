#!/usr/bin/env node
// @ts-check
// Compiles assembly/ and writes the module into src/scanner-wasm.generated.ts, as text, so that the package reads no file and runs in
// browsers too. With --check it writes nothing and fails when the file is not what assembly/ gives.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import asc from 'assemblyscript/asc'

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } })
const folder = join(import.meta.dirname, '..')
const target = join(folder, 'src/scanner-wasm.generated.ts')

/** Pages of the memory map in assembly/memory.ts, without columns, and with as many as there can be. */
const PAGES = '21'
const PAGES_MAX = '192'
const options = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--use', 'abort=']
const memory = ['--initialMemory', PAGES, '--maximumMemory', PAGES_MAX]

/** @type {Uint8Array | undefined} */
let module
const { error, stderr } = await asc.main(
  ['index.ts', ...options, ...memory, '--baseDir', join(folder, 'assembly'), '--outFile', 'scanner.wasm'],
  {
    writeFile: (_name, contents) => {
      module = typeof contents === 'string' ? undefined : contents
    },
  },
)
process.stderr.write(stderr.toString())
if (error !== null) throw error
if (module === undefined) throw new Error('the compiler wrote no module')

const text = `// Written by npm run build:wasm from assembly/; not to be edited.
export const SCANNER_WASM =
  '${Buffer.from(module).toString('base64')}'
`
if (!values.check) writeFileSync(target, text)
else if (readFileSync(target, 'utf8') !== text) {
  throw new Error('src/scanner-wasm.generated.ts is not what assembly/ gives; run npm run build:wasm')
}
console.log(`${module.length} bytes of WebAssembly`)
