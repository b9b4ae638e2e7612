import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { Script } from 'node:vm'
import { crc32 } from 'node:zlib'

/** A module of the bundle that this thread has run. */
interface Loaded {
  exports: unknown
  readonly script: Script
}

const loaded = new Map<string, Loaded>()
const require = createRequire(import.meta.url)

/** Runs a module of the bundle once, and those that it requires, and gives its exports. */
export function load(file: string): unknown {
  const known = loaded.get(file)
  if (known !== undefined) return known.exports
  const script = compile(file)
  const module: Loaded = { exports: {}, script }
  loaded.set(file, module)
  const folder = dirname(file)
  // All lie in one folder. To resolve so many paths took longer than to find what they lead to, and each thread had that code optimized.
  const inBundle = (name: string): unknown => (name.startsWith('./') ? load(folder + name.slice(1)) : require(name))
  script.runInThisContext().call(module.exports, module.exports, inBundle, module, file, folder, importModule)
  return module.exports
}

/**
 * Jobs, and what is an ES module alone, are imported by Node. The AWS SDK is required: Node looks through all of its code for what it exports before it imports
 * a CommonJS module, which takes as long as to run it.
 */
const importModule = async (name: string): Promise<unknown> =>
  name.split('/')[0] === '@aws-sdk' ? (require(name) as unknown) : import(name)

/**
 * A module of the bundle, which the build has made a function of what CommonJS gives to it, and of `importModule`, since `import()` is not there for a `Script`. The code that V8 made of it lies beside it, if the
 * build has kept it, and is taken where it is of this Node and these flags of V8; otherwise the module is compiled as any other.
 *
 * - Cost: without the code, each thread compiles again what it calls of half a megabyte of JavaScript, which takes longer than a small job's work.
 */
export function compile(file: string): Script {
  const source = readFileSync(file, 'utf8')
  return new Script(source, { filename: file, cachedData: keptCode(file, source) })
}

/** Keeps the code of all modules that this thread has run, that of every function included that has been called. */
export function keepCode(): void {
  for (const [file, { script }] of loaded) {
    const code = script.createCachedData()
    const sum = Buffer.alloc(SUM_BYTES)
    sum.writeUInt32LE(sumOf(readFileSync(file, 'utf8'), code))
    writeFileSync(codeFile(file), Buffer.concat([code, sum]))
  }
}

function keptCode(file: string, source: string): Buffer | undefined {
  let kept: Buffer
  try {
    kept = readFileSync(codeFile(file))
  } catch {
    return undefined
  }
  if (kept.byteLength < SUM_BYTES) return undefined
  const code = kept.subarray(0, -SUM_BYTES)
  return kept.readUInt32LE(code.byteLength) === sumOf(source, code) ? code : undefined
}

/** V8 looks at its own version, its flags and lengths, but at no byte of source or code, and would crash on what was damaged. */
function sumOf(source: string, code: Uint8Array): number {
  return crc32(code, crc32(source, crc32(`${process.version} ${process.arch}`)))
}

function codeFile(file: string): string {
  return `${file}.code`
}

const SUM_BYTES = 4
