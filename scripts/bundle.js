#!/usr/bin/env node
// Joins what `tsc` made of the command and its threads into a few files, since finding and compiling hundreds of modules takes longer than
// a small job, and keeps beside each the code that V8 compiled of it. What is large and not always needed stays outside and is loaded when it
// is.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { parseSync, Visitor } from 'rolldown/utils'

const root = fileURLToPath(new URL('..', import.meta.url))
const target = `${root}packages/cli/dist/bundle`

const bundle = await rolldown({
  input: {
    main: `${root}packages/cli/dist/main.js`,
    'command-line': `${root}packages/cli/dist/command-line.js`,
    load: `${root}packages/cli/dist/load.js`,
    worker: `${root}packages/engine/dist/worker.js`,
  },
  platform: 'node',
  preserveEntrySignatures: 'allow-extension',
  external: [
    '@aws-sdk/client-glue',
    '@aws-sdk/client-personalize',
    '@aws-sdk/client-s3',
    '@duckdb/node-api',
    'parquet-wasm',
    'parquetjs-lite',
  ],
  // yargs would resolve the modules that configurations extend by it; there are none.
  checks: { emptyImportMeta: false },
})
const joined = joinedModules(await bundle.generate({ format: 'cjs' }))
const { output } = await bundle.write({
  dir: target,
  format: 'cjs',
  entryFileNames: 'run/[name].js',
  chunkFileNames: 'run/[name]-[hash].js',
  plugins: [
    {
      name: 'for-load',
      generateBundle: (_, files) => {
        for (const file of Object.values(files)) {
          if (file.type === 'chunk' && file.name !== 'load') file.code = forLoad(file.code)
        }
      },
    },
  ],
  cleanDir: true,
  codeSplitting: {
    includeDependenciesRecursively: false,
    groups: [{ name: (id) => joined.get(id) ?? null, debugName: 'joined' }],
  },
})
writeFileSync(`${target}/package.json`, '{"type":"commonjs"}\n')
writeFileSync(`${target}/LICENSES.txt`, licencesOf(output.flatMap((file) => file.moduleIds ?? [])))
// Threads are started from ../dist, seen from the code that starts them.
mkdirSync(`${target}/dist`)
for (const name of ['main', 'worker']) {
  writeFileSync(`${target}/dist/${name}.js`, `require('../run/load.js').load(require.resolve('../run/${name}.js'))\n`)
}
await keepCodeOfRuns()

/**
 * For modules that are loaded while somebody waits, the name of the file that they are joined to: of those that the same have in common. Otherwise the tools, of
 * which each has some of them in common with a run, would have them apart in ten times as many files, and to find and read a file takes a thread longer than to
 * run most of them.
 *
 * @param {import('rolldown').RolldownOutput} bundle apart
 */
function joinedModules({ output }) {
  const waitedFor = ['command-line', 'parser', 'list', 'start-workers', 'worker', 'run', 'crew', 'job']
  const chunks = output.filter((file) => file.type === 'chunk')
  /** @type {Map<string, string>} */
  const names = new Map()
  for (const name of waitedFor) {
    const seen = new Set(chunks.filter((chunk) => chunk.name === name))
    if (seen.size === 0) throw new Error(`no chunk of the bundle is called ${name}; scripts/bundle.js waits for one`)
    for (const { imports, moduleIds } of seen) {
      for (const id of moduleIds) names.set(id, names.has(id) ? `${names.get(id)}-${name}` : name)
      for (const chunk of chunks) if (imports.includes(chunk.fileName)) seen.add(chunk)
    }
  }
  return names
}

/**
 * A module as `load` takes it: a function of what CommonJS gives to it, in ASCII, so that a thread holds its text as it lies in the file.
 *
 * @param {string} code
 */
function forLoad(code) {
  const ascii = withImportModule(code).replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return `(function (exports, require, module, __filename, __dirname, importModule) {${ascii}\n})`
}

/**
 * Puts the function that `load` gives to a module in the place of `import()`.
 *
 * @param {string} code
 */
function withImportModule(code) {
  /** @type {number[]} */
  const starts = []
  new Visitor({ ImportExpression: ({ start }) => void starts.push(start) }).visit(parseSync('chunk.js', code).program)
  return starts.reduceRight(
    (text, start) => `${text.slice(0, start)}importModule${text.slice(start + 'import'.length)}`,
    code,
  )
}

/** Runs jobs with what was joined, and keeps the code that was compiled for it. */
async function keepCodeOfRuns() {
  const { load, keepCode } = createRequire(import.meta.url)(`${target}/run/load.js`)
  const { runCommandLine } = load(`${target}/run/command-line.js`)
  const folder = mkdtempSync(join(tmpdir(), 'fletching-'))
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const ends = { env: {}, stdout: silent, stderr: process.stderr }
  const [to, csv, table] = [`${folder}/in`, `${folder}/csv`, `${folder}/table`]
  const job = ['--S3_JSON_INPUT_PATH', to, '--S3_CSV_OUTPUT_PATH', csv, '--S3_PARQUET_OUTPUT_PATH', table]
  const run = ['run', 'segment-to-personalize', ...job, '--on-malformed', 'quarantine', '--workers']
  try {
    for (const argv of [
      ['gen', '--to', to, '--bytes', '12MB', '--malformed'],
      [...run, '1'],
      [...run, '2'],
    ]) {
      const code = await runCommandLine(argv, ends)
      if (code !== 0) throw new Error(`fletching ${argv.join(' ')} ended with ${code}`)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
  keepCode()
}

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
