import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { commandFile, fletching, inFolder, spawnFletching } from '@fletching/testing'
import { describe, expect, it } from 'vitest'

const bundle = join(dirname(commandFile), '../dist/bundle')

/** A module as the build writes it. */
const asBuilt = (code: string) =>
  `(function (exports, require, module, __filename, __dirname, importModule) {${code}\n})`

/** Runs an expression in a process of its own, where `loader` is the bundle's and `process.argv[1]` the first of `args`. */
function evaluate(expression: string, args: readonly string[], flags: readonly string[] = []) {
  const script = `const loader = require(${JSON.stringify(join(bundle, 'run/load.js'))});
    Promise.resolve(${expression}).then((value) => console.log(JSON.stringify(value)))`
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, '-e', script, ...args], {
    encoding: 'utf8',
  })
  return { status, stderr, value: status === 0 ? JSON.parse(stdout) : undefined }
}

const good = (value: unknown) => ({ status: 0, stderr: '', value })

const FILES = {
  'main.js': asBuilt(`const { twice } = require('./twice.js')
    exports.answer = async () => [twice(21), (await importModule(__dirname + '/module.mjs')).default, __filename, require('node:path').sep]`),
  'twice.js': asBuilt('exports.twice = (number) => 2 * number'),
  'module.mjs': "export default 'imported'",
}

/** Writes a bundle of two modules, has their code kept, and runs it again after a change. */
function again(change: (folder: string) => void, flags: readonly string[] = []) {
  return inFolder(async (folder) => {
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text)
    const main = join(folder, 'main.js')
    const answer = 'loader.load(process.argv[1]).answer()'
    const first = evaluate(`${answer}.then((value) => (loader.keepCode(), value))`, [main])
    expect(first).toEqual(good([42, 'imported', main, '/']))
    change(folder)
    const refused = evaluate('loader.compile(process.argv[1]).cachedDataRejected ?? "none"', [main], flags)
    const { status, stderr, value } = evaluate(answer, [main], flags)
    return { status, stderr, answer: value?.[0], refused: refused.value }
  })
}

const edit = (name: string, text: (old: Buffer) => Buffer | string) => (folder: string) =>
  writeFileSync(join(folder, name), text(readFileSync(join(folder, name))))

/** One byte in the middle is another. */
function damaged(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  copy[copy.length >> 1] ^= 0xff
  return copy
}

describe('a module of the bundle', () => {
  it.each<[string, (folder: string) => void, readonly string[], number, boolean | 'none']>([
    ['is run from the code that was kept', () => {}, [], 42, false],
    ['is compiled where none was kept', (folder) => rmSync(join(folder, 'main.js.code')), [], 42, 'none'],
    ['is compiled where V8 has other flags', () => {}, ['--stack-size=900'], 42, true],
    ['is compiled where the code is damaged', edit('main.js.code', damaged), [], 42, 'none'],
    ['is compiled where the code is cut', edit('main.js.code', (code) => code.subarray(0, 100)), [], 42, 'none'],
    ['is compiled where the code is nearly empty', edit('main.js.code', () => '?'), [], 42, 'none'],
    [
      'is compiled where it has changed, if only by a digit',
      edit('main.js', (source) => source.toString().replace('21', '22')),
      [],
      44,
      'none',
    ],
  ])('%s', async (_, change, flags, answer, refused) => {
    expect(await again(change, flags)).toEqual({ status: 0, stderr: '', answer, refused })
  })

  it('is run once, however often it is required', () =>
    inFolder(async (folder) => {
      const main = join(folder, 'main.js')
      writeFileSync(
        main,
        asBuilt(
          "exports.same = require('./b.js') === require('./b.js'); exports.isMain = require('./main.js') === exports",
        ),
      )
      writeFileSync(join(folder, 'b.js'), asBuilt('exports.b = 1'))
      expect(evaluate('loader.load(process.argv[1])', [main])).toEqual(good({ same: true, isMain: true }))
    }))

  it.each(['glue', 'personalize', 's3'])('is given the AWS SDK for %s without a search for its exports', (service) =>
    inFolder(async (folder) => {
      const name = `'@aws-sdk/client-${service}'`
      const main = join(folder, 'main.js')
      writeFileSync(
        main,
        asBuilt(`exports.isRequired = async () => (await importModule(${name})) === require(${name})`),
      )
      expect(evaluate('loader.load(process.argv[1]).isRequired()', [main])).toEqual(good(true))
    }),
  )
})

describe('the build', () => {
  it('writes what it loads in ASCII', () => {
    const files = readdirSync(join(bundle, 'run')).filter((name) => name.endsWith('.js'))
    const isAscii = (name: string) => /^[\0-\x7f]*$/.test(readFileSync(join(bundle, 'run', name), 'utf8'))
    expect(files.filter((name) => !isAscii(name))).toEqual([])
  })

  it('gives the texts of its modules as they were written', () =>
    inFolder(async (cwd) => {
      await fletching(['gen', '--to=in', '--bytes=200kB', '--plain'], { cwd })
      const lines = readdirSync(join(cwd, 'in'), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .flatMap((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8').split('\n').filter(Boolean))
      const text = JSON.stringify(lines.map((line) => JSON.parse(line)))
      const words = ['Größenberater', '北京服装', 'Levi’s', '🎽']
      expect(words.filter((word) => !text.includes(word))).toEqual([])
    }))

  it('has kept code that this Node takes, of all that a run needs', () => {
    const files = readdirSync(join(bundle, 'run')).filter((name) => name.endsWith('.code'))
    const modules = files.map((name) => join(bundle, 'run', name.slice(0, -'.code'.length)))
    const refused = 'process.argv.slice(1).map((file) => loader.compile(file).cachedDataRejected)'
    expect(evaluate(refused, modules)).toEqual(good(modules.map(() => false)))
    const has = (module: string) => modules.some((file) => readFileSync(file, 'utf8').includes(`// ${module}.js\n`))
    const called = ['cli/dist/commands/run', 'engine/dist/crew', 'engine/dist/unit-scanner', 'gen/dist/generate']
    expect(called.filter((module) => !has(`packages/${module}`))).toEqual([])
  })

  it('loads a run under the flags that Node has kept the code of its own modules for', () =>
    inFolder(async (cwd) => {
      await fletching(['gen', '--to=in', '--bytes=3MB', '--plain'], { cwd })
      const places = ['--S3_JSON_INPUT_PATH=in', '--S3_CSV_OUTPUT_PATH=csv', '--S3_PARQUET_OUTPUT_PATH=table']
      const run = ['run', 'segment-to-personalize', ...places, '--workers=1']
      const { code, stdout, stderr } = await spawnFletching(run, { cwd, env: { NODE_DEBUG_NATIVE: 'CODE_CACHE' } })
      const lines = `${stdout}${stderr}`.split('\n')
      expect(code).toBe(0)
      expect(lines.some((line) => line.startsWith('Code cache of crypto ') && line.endsWith('is accepted'))).toBe(true)
      expect(lines.filter((line) => line.includes('is rejected'))).toEqual([])
    }))
})
