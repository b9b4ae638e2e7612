import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as arrow from 'apache-arrow'
import { beforeAll, describe, expect, it } from 'vitest'

/** Every example above a function or a class is run against the build, as the README's examples are. */
const root = join(import.meta.dirname, '..')
const examples = readdirSync(join(root, 'packages'))
  .flatMap((room) => sourcesOf(room).map((file) => ({ room, file })))
  .flatMap(({ room, file }) => examplesOf(file).map((code, index) => ({ room, name: `${file} ${index + 1}`, code })))
/** Inside the repository, so that the examples find the packages. */
const place = join(root, 'node_modules/.cache/examples')

let mistakes: Readonly<Record<string, string>> = {}

beforeAll(async () => {
  rmSync(place, { recursive: true, force: true })
  mkdirSync(place, { recursive: true })
  for (const { room, name, code } of examples) {
    writeFileSync(join(place, fileOf(name)), `${await importsFor(code, room)}\n${code}`)
  }
  const runner = `
    const mistakes = {}
    for (const [name, file] of ${JSON.stringify(examples.map(({ name }) => [name, `./${fileOf(name)}`]))}) {
      await import(file).catch((error) => { mistakes[name] = error.message })
    }
    console.log(JSON.stringify(mistakes))`
  writeFileSync(join(place, 'run.mjs'), runner)
  mistakes = JSON.parse(execFileSync(process.execPath, [join(place, 'run.mjs')], { encoding: 'utf8' }))
})

describe('the examples in the sources', () => {
  it('have been found', () => {
    const written = readdirSync(join(root, 'packages')).flatMap((room) =>
      sourcesOf(room).flatMap((file) => [...readFileSync(join(root, file), 'utf8').matchAll(/^ *\* @example$/gm)]),
    )
    expect(written).not.toEqual([])
    expect(examples).toHaveLength(written.length)
  })

  it.each(examples)('run: $name', ({ name }) => {
    expect(mistakes[name]).toBeUndefined()
  })
})

function fileOf(name: string): string {
  return `${name.replaceAll(/\W/g, '-')}.mjs`
}

/** What an example leaves out: whatever it names comes from its own package, from Arrow, or from a kernel. */
async function importsFor(code: string, room: string): Promise<string> {
  const words = new Set(code.match(/\b[A-Za-z]\w*\b/g))
  const declared = new Set(
    [...code.matchAll(/\bconst (?:\[?\{? ?)([\w, ]+)/g)].flatMap(([, names]) => names.split(/, ?/)),
  )
  const modules: readonly (readonly [string, object])[] = [
    [`@fletching/${room}`, await import(`@fletching/${room}`)],
    ['apache-arrow', arrow],
    ['@fletching/kernels', await import('@fletching/kernels')],
  ]
  const imports = ["import assert from 'node:assert/strict'"]
  for (const [specifier, module] of modules) {
    const names = Object.keys(module).filter((name) => words.has(name) && !declared.has(name))
    for (const name of names) declared.add(name)
    imports.push(`import { ${names.join(', ')} } from '${specifier}'`)
  }
  return imports.join('\n')
}

/** The sources of a package that can be imported as one; the command is none. */
function sourcesOf(room: string): string[] {
  const folder = join('packages', room, 'src')
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
}

function examplesOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(/@example\n *\* ```ts\n([\s\S]*?)\n *\* ```\n/g)].map(([, code]) =>
    code.replaceAll(/^ *\* ?/gm, ''),
  )
}
