import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { findInput, openLocalStore } from '@fletching/storage'
import { inFolder } from '@fletching/testing'
import { expect, it } from 'vitest'
import { countTaken } from '../src/sent-count.ts'
import { workHere } from '../src/work-here.ts'
import { Shared } from '../src/worker-messages.ts'
import { clickLines, clicksPlan } from './clicks.ts'

it.each([false, true])('work on this thread goes on to its end, unless it is ended (%j)', (isEnded) =>
  inFolder(async (folder) => {
    await writeFile(join(folder, 'a'), clickLines(100_000))
    const object = (await findInput(openLocalStore(), join(folder, 'a'))).objects.at(0)
    if (object === undefined) throw new Error('the file was not found')
    const shared = new SharedArrayBuffer(Shared.size * Int32Array.BYTES_PER_ELEMENT)
    const kinds: string[] = []
    const hand = workHere(
      { kind: 'scan', plan: clicksPlan(), readsFiles: true, measures: false, shared },
      (message) => {
        kinds.push(message.kind)
        if (message.kind !== 'morsel') return
        countTaken(new Int32Array(shared), Shared.sentBytes, message.byteLength)
        if (isEnded) void hand.terminate()
      },
    )
    hand.postMessage({ kind: 'unit', unit: { number: 0, splits: [{ index: 0, object, start: 0, end: undefined }] } })
    while (kinds.at(-1) !== 'end' && kinds.at(-1) !== 'failed') await setTimeout(1)
    if (isEnded) expect(kinds).toEqual(['morsel', 'failed'])
    else expect(kinds).toEqual([...Array(kinds.length - 2).fill('morsel'), 'ended', 'end'])
    expect(isEnded || kinds.length > 5).toBe(true)
  }),
)
