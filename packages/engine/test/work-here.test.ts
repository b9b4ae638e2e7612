import { readdirSync, readlinkSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { findInput, openLocalStore } from '@fletching/storage'
import { inFolder } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { countTaken } from '../src/sent-count.ts'
import { workHere } from '../src/work-here.ts'
import { Shared } from '../src/worker-messages.ts'
import { clickLines, clicksPlan } from './clicks.ts'

/** Gives one file to this thread, and what comes of it to `take`, with a count of what was taken. */
async function work(folder: string, take: (kind: string, taken: () => void) => void) {
  await writeFile(join(folder, 'a'), clickLines(100_000))
  const object = (await findInput(openLocalStore(), join(folder, 'a'))).objects.at(0)
  if (object === undefined) throw new Error('the file was not found')
  const shared = new SharedArrayBuffer(Shared.size * Int32Array.BYTES_PER_ELEMENT)
  const hand = workHere({ kind: 'scan', plan: clicksPlan(), readsFiles: true, measures: false, shared }, (message) =>
    take(message.kind, () => {
      if (message.kind === 'morsel') countTaken(new Int32Array(shared), Shared.sentBytes, message.byteLength)
    }),
  )
  hand.postMessage({ kind: 'unit', unit: { number: 0, splits: [{ index: 0, object, start: 0, end: undefined }] } })
  return hand
}

/** Whether this process has the file open. */
function isOpen(path: string): boolean {
  return readdirSync('/proc/self/fd').some((number) => {
    try {
      return readlinkSync(`/proc/self/fd/${number}`) === path
    } catch {
      return false
    }
  })
}

describe('work on this thread', () => {
  it('goes on to its end', () =>
    inFolder(async (folder) => {
      const kinds: string[] = []
      await work(folder, (kind, taken) => {
        kinds.push(kind)
        taken()
      })
      while (kinds.at(-1) !== 'end') await setImmediate()
      expect(kinds).toEqual([...Array(kinds.length - 2).fill('morsel'), 'ended', 'end'])
    }))

  it('ends with its file closed where it is ended, also while it waits until what it has sent is taken', () =>
    inFolder(async (folder) => {
      let count = 0
      const hand = await work(folder, () => count++)
      let before = -1
      // Nothing is taken, so that it comes no further.
      for (let quiet = 0; quiet < 100; quiet = count === before ? quiet + 1 : 0) {
        before = count
        await setImmediate()
      }
      expect(isOpen(join(folder, 'a'))).toBe(true)
      await hand.terminate()
      while (isOpen(join(folder, 'a'))) await setImmediate()
      expect(count).toBe(before)
    }))
})
