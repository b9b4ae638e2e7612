import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const packageUrl = new URL('../', import.meta.url)

/** Imports the package in a process of its own and runs a line; gives the writers of others that were loaded. */
async function writersLoadedAfter(line: string): Promise<string[]> {
  const script = `
    import { createRequire } from 'node:module'
    const { openRowGroupEncoder } = await import('@fletching/parquet')
    const { Field, Schema, Utf8 } = await import('apache-arrow')
    const schema = new Schema([new Field('a', new Utf8(), false)])
    ${line}
    const loaded = Object.keys(createRequire(import.meta.url).cache)
    console.log(JSON.stringify(['parquet-wasm', 'parquetjs-lite'].filter((name) => loaded.some((file) => file.includes(name)))))
  `
  const args = ['--input-type=module', '-e', script]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: packageUrl })
  return JSON.parse(stdout) as string[]
}

const isBuilt = existsSync(new URL('dist/index.js', packageUrl))

it.skipIf(!isBuilt)(
  `${isBuilt ? '' : 'not built: '}loads no writer of others before one is opened, and then only that`,
  async () => {
    expect(await writersLoadedAfter('')).toEqual([])
    expect(
      await writersLoadedAfter("await openRowGroupEncoder(schema, { writer: 'fletching', compression: 'snappy' })"),
    ).toEqual([])
    expect(
      await writersLoadedAfter("await openRowGroupEncoder(schema, { writer: 'parquet-wasm', compression: 'none' })"),
    ).toEqual(['parquet-wasm'])
    expect(
      await writersLoadedAfter("await openRowGroupEncoder(schema, { writer: 'parquetjs-lite', compression: 'none' })"),
    ).toEqual(['parquetjs-lite'])
  },
)
