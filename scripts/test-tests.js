#!/usr/bin/env node
// `npm run test:tests`: a test of the tests. Each of the seeded faults is put into a copy of the product, and the named test file must turn red
// by it, which it is not without. The work tree is only read. With --write the table in docs/reliability.md is made again; otherwise it must be
// what came out.
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { seededFaults } from './seeded-faults.js'

/** Of some faults a test does not end, which is a way of finding them too. */
const HANGS = ['--testTimeout=20000', '--teardownTimeout=1000']
const root = fileURLToPath(new URL('..', import.meta.url))
const document = 'docs/reliability.md'
const { values } = parseArgs({
  options: { write: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
})
const wanted = seededFaults.filter(({ fault }) => fault.includes(values.only))
for (const seeded of wanted) assertFits(seeded)
const copy = mkdtempSync(join(tmpdir(), 'fletching-faults-'))
try {
  copyTree()
  const begin = performance.now()
  const green = runTests([...new Set(wanted.map(({ test }) => test))], [])
  if (!green.isGreen) throw new Error(`without a fault the tests are red: ${green.red ?? green.output}`)
  console.log(`${wanted.length} faults; without one, the tests are green after ${secondsSince(begin)} s`)
  const found = wanted.map(findFault)
  const missed = wanted.filter((_, number) => found[number] === undefined)
  if (missed.length > 0) throw new Error(`no test saw: ${missed.map(({ fault }) => fault).join('; ')}`)
  if (values.only === '') keepTable(tableOf(found))
} finally {
  rmSync(copy, { recursive: true })
}

/**
 * A fault whose place has moved is mended, not passed over.
 *
 * @param {import('./seeded-faults.js').SeededFault} seeded
 */
function assertFits({ fault, file, find }) {
  const count = readFileSync(join(root, file), 'utf8').split(find).length - 1
  if (count !== 1) throw new Error(`"${fault}" cannot be seeded: ${count} times in ${file} stands\n${find}`)
}

/** Copies what the repository holds, and what was built of it; packages of others are linked. */
function copyTree() {
  const { stdout } = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
  const files = stdout.split('\0').filter((file) => file !== '')
  const packages = files.filter((file) => /^(packages\/[^/]+|jobs|benchmarks)\/package\.json$/.test(file)).map(dirname)
  const built = packages.map((folder) => `${folder}/dist`).filter((folder) => existsSync(join(root, folder)))
  for (const file of [...files, ...built]) {
    cpSync(join(root, file), join(copy, file), { recursive: true, preserveTimestamps: true, force: true })
  }
  const modules = join(copy, 'node_modules')
  mkdirSync(join(modules, '@fletching'), { recursive: true })
  // What begins with a dot are caches, of which the copy has its own.
  const others = readdirSync(join(root, 'node_modules')).filter((name) => !/^(\.|@fletching$|fletching$)/.test(name))
  for (const name of others) symlinkSync(join(root, 'node_modules', name), join(modules, name))
  for (const folder of packages) {
    const { name } = JSON.parse(readFileSync(join(copy, folder, 'package.json'), 'utf8'))
    symlinkSync(join(copy, folder), join(modules, name))
  }
  // What is needed of the build is made here, fault by fault; the command itself is started by none of these tests.
  writeFileSync(join(copy, 'test/build.ts'), 'export default function build(): void {}\n')
  writeFileSync(join(copy, 'test/bundled-threads.ts'), 'export const bundledThreads = null\n')
}

/**
 * Puts a fault into the copy, builds it, and runs its test.
 *
 * @param {import('./seeded-faults.js').SeededFault} seeded
 * @returns {string | undefined} the name of the test that is red by it.
 */
function findFault({ fault, file, find, replace, test }) {
  const begin = performance.now()
  const source = readFileSync(join(copy, file), 'utf8')
  writeFileSync(
    join(copy, file),
    source.replace(find, () => replace),
  )
  try {
    build(file.includes('/assembly/'))
    const { isGreen, red, output } = runTests([test], ['--bail=1', ...HANGS])
    if (!isGreen && red === undefined) throw new Error(`with "${fault}" ${test} does not run: ${output}`)
    console.log(
      `${red === undefined ? 'MISSED' : 'found'} in ${secondsSince(begin)} s: ${fault}\n  ${test}: ${red ?? '-'}`,
    )
    return red
  } finally {
    writeFileSync(join(copy, file), source)
    if (file.includes('/assembly/')) restoreModules()
  }
}

/** @param {boolean} isWasm */
function build(isWasm) {
  if (isWasm) run([join(copy, 'scripts/build-wasm.js')])
  run([join(root, 'node_modules/typescript/bin/tsc'), '-b', 'packages/cli', 'packages/testing', 'jobs'])
}

/** Takes the modules of the work tree again, which are those of its assembly/. */
function restoreModules() {
  for (const file of ['ndjson/src/scanner-wasm.generated.ts', 'csv/src/encoder-wasm.generated.ts']) {
    cpSync(join(root, 'packages', file), join(copy, 'packages', file))
  }
}

/** @param {readonly string[]} args */
function run(args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8' })
  if (status !== 0) throw new Error(`the faulty product cannot be built: ${stdout}${stderr}`)
}

/**
 * @param {readonly string[]} files
 * @param {readonly string[]} options
 * @returns {{ isGreen: boolean, red: string | undefined, output: string }}
 */
function runTests(files, options) {
  const report = join(copy, 'report.json')
  rmSync(report, { force: true })
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const args = ['run', ...files, ...options, '--reporter=json', `--outputFile=${report}`]
  // The fuzzers find these faults in their first lines.
  const env = { ...process.env, FLETCHING_FUZZ_LINES: '2000' }
  const { status, stdout, stderr } = spawnSync(process.execPath, [vitest, ...args], {
    cwd: copy,
    env,
    encoding: 'utf8',
  })
  const output = `${stdout}${stderr}`
  if (!existsSync(report)) return { isGreen: false, red: undefined, output }
  /** @type {{ testResults: { assertionResults: { status: string, fullName: string }[] }[] }} */
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'))
  const results = testResults.flatMap(({ assertionResults }) => assertionResults)
  const red = results.find((result) => result.status === 'failed')?.fullName
  return { isGreen: status === 0 && results.length > 0, red, output }
}

/** @param {number} begin */
function secondsSince(begin) {
  return ((performance.now() - begin) / 1000).toFixed(1)
}

/**
 * The faults and what found them, as Markdown.
 *
 * @param {readonly (string | undefined)[]} found
 */
function tableOf(found) {
  const cell = (/** @type {string} */ text) => text.replaceAll('|', '\\|')
  const rows = wanted.map(({ fault, file, test }, number) =>
    [fault, `\`${file}\``, `\`${test}\`: ${cell(found[number] ?? '')}`].join(' | '),
  )
  return ['fault | where it is put | what turns red', '--- | --- | ---', ...rows].map((row) => `| ${row} |\n`).join('')
}

/**
 * Writes the table into the document, or holds it against the one there.
 *
 * @param {string} table
 */
function keepTable(table) {
  const text = readFileSync(join(root, document), 'utf8')
  const [, before, , after] =
    /^(.*<!-- seeded faults -->\n)(.*)(<!-- end of the seeded faults -->.*)$/s.exec(text) ?? []
  if (before === undefined) throw new Error(`${document} has no place for the table`)
  const wantedText = `${before}\n${table}\n${after}`
  if (values.write) writeFileSync(join(root, document), wantedText)
  else if (text !== wantedText)
    throw new Error(`the table in ${document} is not what came out; npm run test:tests -- --write`)
}
