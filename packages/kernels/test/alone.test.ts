import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const room = realpathSync(join(import.meta.dirname, '..'))
const source = join(room, 'src')
const allowed = ['@fletching/columns', '@fletching/columns/errors', 'apache-arrow']

const entries = readdirSync(source)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3))

describe('the import graph', () => {
  it.each(entries)('of %s holds Arrow and columns alone', (entry) => {
    expect(foreignImports(join(source, `${entry}.ts`), readText)).toEqual([])
  })

  it('is followed through relative imports, and shows what is foreign', () => {
    const files: Readonly<Record<string, string>> = {
      '/src/a.ts': "import { b } from './b.ts'\nimport type { Vector } from 'apache-arrow'\n",
      '/src/b.ts': "export {\n  c,\n} from './c.ts'\nimport 'side-effect'\nimport './a.ts'\n",
      '/src/c.ts': "const c = await import('node:fs')\nimport type { Plan } from '@fletching/plan'\n",
    }
    expect(foreignImports('/src/a.ts', (file) => files[file])).toEqual([
      '/src/b.ts: side-effect',
      '/src/c.ts: @fletching/plan',
      '/src/c.ts: node:fs',
    ])
  })
})

describe('the build, imported by its name', () => {
  it.each(entries.filter((entry) => entry !== 'index'))('loads nothing foreign for %s', (entry) => {
    const loaded = loadedFiles(`import '@fletching/kernels/${entry}'`)
    expect(loaded).toContain(join(room, 'dist', `${entry}.js`))
    expect(loaded.filter((file) => !isHome(file))).toEqual([])
    expect(loaded).not.toContain(join(room, 'dist', 'index.js'))
  })

  it('loads nothing foreign for the whole', () => {
    const loaded = loadedFiles("import '@fletching/kernels'")
    expect(loaded).toContain(join(room, 'dist', 'index.js'))
    expect(loaded.filter((file) => !isHome(file))).toEqual([])
  })

  it('would show a foreign file', () => {
    const loaded = loadedFiles("import '@fletching/kernels/filter'; import '@fletching/plan'; import 'node:fs'")
    const foreign = loaded.filter((file) => !isHome(file))
    expect(foreign).toContain('node:fs')
    expect(foreign.some((file) => file.includes(`${sep}plan${sep}`))).toBe(true)
  })
})

/** Each import that is neither relative nor allowed, as `file: name`, from a file on. */
function foreignImports(entry: string, read: (file: string) => string): string[] {
  const seen = new Set<string>()
  const foreign = new Set<string>()
  const visit = (file: string) => {
    if (seen.has(file)) return
    seen.add(file)
    for (const name of importsOf(read(file))) {
      if (name.startsWith('.')) visit(join(dirname(file), name))
      else if (!allowed.includes(name)) foreign.add(`${file}: ${name}`)
    }
  }
  visit(entry)
  return [...foreign].sort()
}

/** The names that a source imports in any way; those in comments are examples. */
function importsOf(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '')
  return [...code.matchAll(/\bfrom\s*'([^']+)'|\bimport\s*\(?\s*'([^']+)'/g)].map(([, from, bare]) => from ?? bare)
}

function readText(file: string): string {
  return readFileSync(file, 'utf8')
}

/** The files, and the modules of Node, that a script resolves; what Node's own and foreign CommonJS requires is not asked. */
function loadedFiles(script: string): string[] {
  const url = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`
  const hook = url(`
    import { writeSync } from 'node:fs'
    export async function resolve(name, context, next) {
      const found = await next(name, context)
      writeSync(1, found.url + '\\n')
      return found
    }
  `)
  const start = url(`
    import { register } from 'node:module'
    register(${JSON.stringify(hook)})
  `)
  const output = execFileSync(process.execPath, ['--import', start, '--input-type=module', '--eval', script], {
    cwd: room,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  const urls = output.split('\n').filter((line) => line.startsWith('file:') || line.startsWith('node:'))
  return urls.map((found) => (found.startsWith('file:') ? realpathSync(fileURLToPath(found)) : found))
}

/** The folders that an entry may load from: the builds of kernels and columns, Arrow, and what Arrow depends on. */
function homes(): string[] {
  const columns = realpathSync(join(room, '..', 'columns'))
  const arrow = dirname(createRequire(join(room, 'package.json')).resolve('apache-arrow'))
  return [join(room, 'dist'), join(columns, 'dist'), ...dependenciesOf(arrow)]
}

/** A package's folder and those of its dependencies. */
function dependenciesOf(folder: string): string[] {
  const { dependencies = {} } = JSON.parse(readText(join(folder, 'package.json'))) as {
    dependencies?: Readonly<Record<string, string>>
  }
  const all = Object.keys(dependencies).flatMap((name) =>
    [join(folder, 'node_modules', name), join(folder, '..', name)].flatMap((place) => {
      try {
        return [realpathSync(place)]
      } catch {
        return []
      }
    }),
  )
  return [realpathSync(folder), ...all]
}

const home = homes()

/** Arrow reads and writes streams of Node, when it is loaded there. */
function isHome(file: string): boolean {
  return home.some((folder) => file.startsWith(folder + sep)) || file === 'node:stream'
}
