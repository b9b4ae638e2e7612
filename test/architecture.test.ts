import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')

/** The floors of the house, from the top; a room may import what lies below it, and what is named beside it. */
const floors: readonly (readonly string[])[] = [
  ['fletching'],
  ['@fletching/jobs', '@fletching/explore'],
  ['@fletching/engine', '@fletching/catalog', '@fletching/personalize'],
  ['@fletching/job'],
  ['@fletching/plan'],
  ['@fletching/kernels', '@fletching/ndjson', '@fletching/csv', '@fletching/parquet', '@fletching/gen'],
  ['@fletching/columns', '@fletching/storage'],
]

/** Narrower than the floors: what a room may see at all. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  '@fletching/columns': [],
  '@fletching/storage': ['@fletching/columns/errors', '@fletching/columns/packed-list'],
  '@fletching/kernels': ['@fletching/columns'],
  '@fletching/ndjson': ['@fletching/columns'],
  '@fletching/csv': ['@fletching/columns'],
  '@fletching/parquet': ['@fletching/columns'],
  '@fletching/gen': ['@fletching/columns'],
  '@fletching/plan': ['@fletching/columns'],
  '@fletching/job': ['@fletching/columns', '@fletching/plan'],
  '@fletching/jobs': ['@fletching/job'],
  '@fletching/catalog': ['@fletching/columns'],
  '@fletching/personalize': ['@fletching/columns', '@fletching/csv', '@fletching/storage'],
  '@fletching/explore': [
    '@fletching/catalog/names',
    '@fletching/columns',
    '@fletching/csv',
    '@fletching/ndjson',
    '@fletching/parquet',
    '@fletching/personalize',
    '@fletching/plan',
    '@fletching/storage',
  ],
}

/** Who may touch what lies outside the language. */
const bans: readonly { readonly what: RegExp; readonly rooms: readonly string[]; readonly except?: RegExp }[] = [
  { what: /from 'node:fs(\/promises)?'/, rooms: ['@fletching/storage', 'fletching', '@fletching/testing'] },
  { what: /from 'node:worker_threads'/, rooms: ['@fletching/engine'] },
  {
    what: /'@aws-sdk\//,
    rooms: ['@fletching/storage', '@fletching/catalog', '@fletching/personalize', '@fletching/testing'],
  },
  // Heavy, and loaded only when a page is drawn.
  { what: /'@observablehq\/plot'|'linkedom'/, rooms: ['@fletching/explore'] },
  { what: /\bfrom '[^']*profile-page'/, rooms: [] },
  { what: /from 'yargs'/, rooms: ['fletching'] },
  { what: /\bconsole\.\w+\(/, rooms: ['fletching'] },
  { what: /\bprocess\.exit\b/, rooms: ['fletching'] },
  { what: /\bprocess\.env\b[^;\n]* (\?\?)?= /, rooms: ['fletching'] },
  {
    what: /\bJSON\.parse\(/,
    rooms: [
      '@fletching/plan',
      '@fletching/engine',
      '@fletching/personalize',
      '@fletching/explore',
      'fletching',
      '@fletching/testing',
    ],
  },
  { what: /\bDate\.parse\(|\bMath\.random\(/, rooms: [] },
]

interface SourceFile {
  readonly room: string
  readonly name: string
  readonly text: string
}

const files = sourceFiles()

describe('the house', () => {
  it('has found its rooms', () => {
    expect([...new Set(files.map(({ room }) => room))].sort()).toEqual([...floors.flat(), '@fletching/testing'].sort())
  })

  it('imports downwards only', () => {
    const wrong = files
      .filter(({ room }) => room !== '@fletching/testing')
      .flatMap(({ room, name, text }) =>
        importsOf(text)
          .filter((specifier) => specifier.startsWith('@fletching/') || specifier === 'fletching')
          .filter((specifier) => !maySee(room, specifier))
          .map((specifier) => `${name} imports ${specifier}`),
      )
    expect(wrong).toEqual([])
  })

  it.each(bans)('lets $what stand in $rooms alone', ({ what, rooms, except }) => {
    const wrong = files
      .filter(
        ({ room, name, text }) =>
          what.test(withoutComments(text)) && !rooms.includes(room) && except?.test(name) !== true,
      )
      .map(({ name }) => name)
    expect(wrong).toEqual([])
  })

  it('declares every package that it imports', () => {
    const wrong = files.flatMap(({ room, name, text }) => {
      const declared = dependenciesOf(room)
      return importsOf(text)
        .map(packageOf)
        .filter((specifier) => !specifier.startsWith('.') && !specifier.startsWith('node:') && specifier !== room)
        .filter((specifier) => !declared.has(specifier))
        .map((specifier) => `${name} imports ${specifier}`)
    })
    expect(wrong).toEqual([])
  })

  it('loads for a run nothing that only other commands need', () => {
    const rooms = ['@fletching/catalog', '@fletching/explore', '@fletching/personalize']
    const wrong = files.flatMap(({ room, name, text }) => {
      const isLoadedLate = room !== 'fletching' || (name.includes('/commands/') && !name.endsWith('/run.ts'))
      const known = isLoadedLate
        ? []
        : [...withoutComments(text).matchAll(/\bfrom '([^'\n]+)'/g)].map(([, from]) => from)
      return known.filter((from) => rooms.includes(packageOf(from))).map((from) => `${name} imports ${from}`)
    })
    expect(wrong).toEqual([])
  })

  it('runs its command in tests where the test kit looks for marks of credentials and events', () => {
    const rooms = readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name, 'test'))
    const tests = [join(root, 'test'), ...rooms.filter((folder) => existsSync(folder))].flatMap(walk)
    const wrong = tests
      .map((file) => ({ name: relative(root, file), text: readFileSync(file, 'utf8') }))
      .filter(({ text }) => /\bcommandFile\b/.test(text) && /\b(spawn|exec|execFile|fork)(Sync)?\(/.test(text))
      .filter(({ text }) => !/\bendOf\(/.test(text))
      .map(({ name }) => name)
    // These look at a copy that was not built, and at files of the build.
    expect(wrong).toEqual(['packages/cli/test/bin.test.ts', 'packages/cli/test/load.test.ts'])
  })

  it('has no room for everything', () => {
    expect(files.map(({ name }) => name).filter((name) => /(utils?|helpers?|common|misc)\.ts$/.test(name))).toEqual([])
  })
})

function maySee(room: string, specifier: string): boolean {
  const target = packageOf(specifier)
  if (target === room) return true
  const list = allowed[room]
  if (list !== undefined) return list.includes(target) || list.includes(specifier)
  const floor = (name: string) => floors.findIndex((rooms) => rooms.includes(name))
  return floor(target) > floor(room)
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

function importsOf(text: string): string[] {
  const code = withoutComments(text)
  return [...code.matchAll(/\b(?:from |import |import\()'([^'\n]+)'/g)].map((match) => match[1])
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
}

function dependenciesOf(room: string): Set<string> {
  const folder =
    room === '@fletching/jobs'
      ? 'jobs'
      : join('packages', room === 'fletching' ? 'cli' : room.slice('@fletching/'.length))
  const { dependencies = {}, peerDependencies = {} } = JSON.parse(
    readFileSync(join(root, folder, 'package.json'), 'utf8'),
  ) as { dependencies?: Record<string, string>; peerDependencies?: Record<string, string> }
  return new Set(Object.keys({ ...dependencies, ...peerDependencies }))
}

function sourceFiles(): SourceFile[] {
  const rooms = readdirSync(join(root, 'packages')).map((name) => ({
    room: name === 'cli' ? 'fletching' : `@fletching/${name}`,
    folder: join(root, 'packages', name, 'src'),
  }))
  const jobs = { room: '@fletching/jobs', folder: join(root, 'jobs') }
  return [...rooms, jobs].flatMap(({ room, folder }) =>
    walk(folder)
      .filter((file) => file.endsWith('.ts') && !/\/(dist|node_modules|test)\//.test(file))
      .map((file) => ({ room, name: relative(root, file), text: readFileSync(file, 'utf8') })),
  )
}

function walk(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const file = join(folder, name)
    return name !== 'node_modules' && statSync(file).isDirectory() ? walk(file) : [file]
  })
}
