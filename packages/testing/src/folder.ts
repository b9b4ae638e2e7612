import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assertRecordsUnmarked } from './marks.ts'

/** Gives a test a folder of its own, by a path without links, and takes it away afterwards: no record in it may hold a mark. */
export async function inFolder<T>(test: (folder: string) => Promise<T>): Promise<T> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'fletching-')))
  try {
    const result = await test(folder)
    await assertRecordsUnmarked(folder)
    return result
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
