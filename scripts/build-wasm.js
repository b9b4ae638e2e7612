#!/usr/bin/env node
// @ts-check
// Compiles the AssemblyScript of packages/*/assembly and writes each module into its package's sources, as text, so that the packages read no
// file and run in browsers too. With --check it writes nothing and fails when a file is not what assembly/ gives.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import asc from 'assemblyscript/asc'

/** Pages of memory are as assembly/memory.ts has them; the scanner's, without columns, and with as many as there can be. */
const modules = [
  {
    package: 'ndjson',
    file: 'scanner-wasm.generated.ts',
    constant: 'SCANNER_WASM',
    options: ['--enable', 'simd', '--initialMemory', '31', '--maximumMemory', '1024'],
  },
  { package: 'csv', file: 'encoder-wasm.generated.ts', constant: 'ENCODER_WASM', options: ['--initialMemory', '64'] },
  {
    package: 'parquet',
    file: 'encoder-wasm.generated.ts',
    constant: 'ENCODER_WASM',
    options: ['--enable', 'simd', '--initialMemory', '64'],
  },
  {
    package: 'storage',
    file: 'inflate-wasm.generated.ts',
    constant: 'INFLATE_WASM',
    options: ['--initialMemory', '4', '--maximumMemory', '4'],
  },
]

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } })
for (const module of modules) {
  const folder = join(import.meta.dirname, '../packages', module.package)
  const bytes = await compile(join(folder, 'assembly'), module.options)
  const text = `// Written by npm run build:wasm from assembly/; not to be edited.
export const ${module.constant} =
  '${Buffer.from(bytes).toString('base64')}'
`
  const target = join(folder, 'src', module.file)
  if (!values.check) writeFileSync(target, text)
  else if (readFileSync(target, 'utf8') !== text) {
    throw new Error(`src/${module.file} is not what assembly/ of ${module.package} gives; run npm run build:wasm`)
  }
  console.log(`${module.package}: ${bytes.length} bytes of WebAssembly`)
}

/**
 * @param {string} folder
 * @param {readonly string[]} options
 */
async function compile(folder, options) {
  /** @type {Uint8Array | undefined} */
  let bytes
  const common = ['-O3', '--noAssert', '--runtime', 'stub', '--use', 'abort=']
  const { error, stderr } = await asc.main(
    ['index.ts', ...common, ...options, '--baseDir', folder, '--outFile', 'module.wasm'],
    {
      writeFile: (_name, contents) => {
        bytes = typeof contents === 'string' ? undefined : contents
      },
    },
  )
  process.stderr.write(stderr.toString())
  if (error !== null) throw error
  if (bytes === undefined) throw new Error('the compiler wrote no module')
  return bytes
}
