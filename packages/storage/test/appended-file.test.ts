import { type FileHandle, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inFolder } from '@fletching/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { AppendedFile } from '../src/appended-file.ts'

const MIB = 1024 * 1024

/** What every handle of a file does. */
const handles = await open(import.meta.filename).then(async (handle) => {
  await handle.close()
  return Object.getPrototypeOf(handle) as FileHandle
})

function inFile(work: (file: AppendedFile, path: string) => Promise<void>): Promise<void> {
  return inFolder(async (folder) => work(await AppendedFile.create(join(folder, 'a')), join(folder, 'a')))
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('a file that grows', () => {
  it('is brought to the disk on the way, and whole at its end', () =>
    inFile(async (file, path) => {
      const onTheWay = vi.spyOn(handles, 'datasync')
      const atEnd = vi.spyOn(handles, 'sync')
      for (let n = 0; n < 3; n++) await file.append(new Uint8Array(MIB).fill(n))
      expect(onTheWay).not.toHaveBeenCalled()
      await file.append(new Uint8Array(2 * MIB).fill(3))
      expect(onTheWay).toHaveBeenCalledOnce()
      expect((await file.finish()).size).toBe(5 * MIB)
      expect(atEnd).toHaveBeenCalledOnce()
      const bytes = await readFile(path)
      expect([0, 1, 2, 3, 4].map((n) => bytes[n * MIB])).toEqual([0, 1, 2, 3, 3])
    }))

  it('waits for one at a time', () =>
    inFile(async (file) => {
      let finish = () => {}
      const onTheWay = vi.spyOn(handles, 'datasync').mockImplementation(
        () =>
          new Promise((resolve) => {
            finish = resolve
          }),
      )
      for (let n = 0; n < 3; n++) await file.append(new Uint8Array(5 * MIB))
      expect(onTheWay).toHaveBeenCalledOnce()
      finish()
      await file.finish()
    }))

  it.each(['append', 'finish'] as const)('tells of a disk that took nothing, at the next %s', (next) =>
    inFile(async (file) => {
      vi.spyOn(handles, 'datasync').mockRejectedValue(new Error('EIO'))
      await file.append(new Uint8Array(5 * MIB))
      await expect(next === 'append' ? file.append(new Uint8Array(1)) : file.finish()).rejects.toThrow('EIO')
      await file.close()
    }),
  )
})
