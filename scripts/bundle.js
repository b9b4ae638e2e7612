#!/usr/bin/env node
// Joins what `tsc` made of the command and its threads into a few files, since finding and compiling hundreds of modules takes longer than
// a small job. What is large and not always needed stays outside and is loaded when it is.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = fileURLToPath(new URL('..', import.meta.url))
const target = `${root}packages/cli/dist/bundle`

const bundle = await rolldown({
  input: {
    // Threads are started from ../dist, seen from the code that starts them.
    'run/main': `${root}packages/cli/dist/main.js`,
    'dist/worker': `${root}packages/engine/dist/worker.js`,
    'dist/inflate-worker': `${root}packages/engine/dist/inflate-worker.js`,
  },
  platform: 'node',
  external: ['@aws-sdk/client-s3', 'parquet-wasm', 'parquetjs-lite'],
})
const { output } = await bundle.write({
  dir: target,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: 'run/[name]-[hash].js',
  cleanDir: true,
})
writeFileSync(`${target}/LICENSES.txt`, licencesOf(output.flatMap((file) => file.moduleIds ?? [])))

/**
 * The licences of the packages of others that the files hold, each as it came.
 *
 * @param {readonly string[]} modules
 */
function licencesOf(modules) {
  const folders = new Set(modules.filter((module) => module.includes('node_modules')).map(packageFolder))
  return [...folders]
    .sort()
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice)/i.test(file))
      return [`${name} ${version}, ${license}`, ...files.map((file) => readFileSync(join(folder, file), 'utf8'))].join(
        '\n\n',
      )
    })
    .join(`\n\n${'-'.repeat(80)}\n\n`)
}

/** @param {string} module */
function packageFolder(module) {
  let folder = dirname(module)
  // A package may hold folders with a package.json that says no more than the kind of its modules.
  while (!existsSync(join(folder, 'package.json')) || !/node_modules\/(@[^/]+\/)?[^/]+$/.test(folder))
    folder = dirname(folder)
  return folder
}
