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
  const names = entries.map((entry) => (entry === 'index' ? '@fletching/kernels' : `@fletching/kernels/${entry}`))
  const loads = loadsOf(names.map((name) => `import '${name}'`).join(';'))

  it.each(entries.map((entry, number) => [names[number], entry]))('loads nothing foreign for %s', (name, entry) => {
    const loaded = loadedFor(name, loads)
    expect(loaded).toContain(join(room, 'dist', `${entry}.js`))
    expect(loaded.filter((file) => !isHome(file))).toEqual([])
    expect(loaded.includes(join(room, 'dist', 'index.js'))).toBe(entry === 'index')
  })

  it('would show a foreign file, wherever it is loaded', () => {
    const more = loadsOf("import '@fletching/kernels/filter'; import '@fletching/plan'")
    expect(loadedFor('@fletching/kernels/filter', more).filter((file) => !isHome(file))).toEqual([])
    const foreign = loadedFor('@fletching/plan', more).filter((file) => !isHome(file))
    expect(foreign).toContain(join(realpathSync(join(room, '..', 'plan')), 'dist', 'index.js'))
    expect(foreign.length).toBeGreaterThan(1)
    const inside = new Map([
      ['script', new Map([['a', 'file:///a.js']])],
      ['file:///a.js', new Map([['fs', 'node:fs']])],
    ])
    expect(loadedFor('a', inside, (url) => url)).toEqual(['file:///a.js', 'node:fs'])
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

/** What each file imports, by the names that it says; a script has the name `script`. */
type Loads = ReadonlyMap<string, ReadonlyMap<string, string>>

/** What a script makes Node resolve, in a process of its own; what Node's own and foreign CommonJS requires is not asked. */
function loadsOf(script: string): Loads {
  const url = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`
  const hook = url(`
    import { writeSync } from 'node:fs'
    export async function resolve(name, context, next) {
      const found = await next(name, context)
      writeSync(1, JSON.stringify([context.parentURL ?? '', name, found.url]) + '\\n')
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
  const loads = new Map<string, Map<string, string>>()
  for (const line of output.trimEnd().split('\n')) {
    const [parent, name, found] = JSON.parse(line) as [string, string, string]
    const file = parent.includes('[eval') ? 'script' : parent
    loads.set(file, (loads.get(file) ?? new Map<string, string>()).set(name, found))
  }
  return loads
}

/** The files, and the modules of Node, that are loaded for a name in the script, through all that they import. */
function loadedFor(name: string, loads: Loads, fileOf: (url: string) => string = pathOf): string[] {
  const seen = new Set<string>()
  const visit = (url: string | undefined) => {
    if (url === undefined || seen.has(url)) return
    seen.add(url)
    for (const inner of loads.get(url)?.values() ?? []) visit(inner)
  }
  visit(loads.get('script')?.get(name))
  return [...seen].map(fileOf)
}

function pathOf(url: string): string {
  return url.startsWith('file:') ? realpathSync(fileURLToPath(url)) : url
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
