import { readdir } from 'node:fs/promises'
import { Spill } from '@fletching/storage'
import { inFolder, randomFrom, testSeed } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { OrderedWindow } from '../src/ordered-window.ts'

async function rest<M>(window: OrderedWindow<M>): Promise<M[]> {
  const messages: M[] = []
  for (let message = await window.next(); message !== undefined; message = await window.next()) messages.push(message)
  return messages
}

describe('an ordered window', () => {
  it('gives the messages in the order of the units, whoever sends first', () =>
    inFolder(async (folder) => {
      const random = randomFrom(testSeed)
      for (let round = 0; round < 30; round++) {
        const units = Array.from({ length: 1 + random.below(6) }, (_, unit) =>
          Array.from({ length: random.below(5) }, (__, n) => `${unit}.${n}`),
        )
        const spill = new Spill(folder)
        const window = new OrderedWindow<string>(units.length, random.below(60), spill)
        const senders = units.map((messages, unit) => ({ unit, messages: [...messages], isOpen: true }))
        const sending: Promise<void>[] = []
        while (senders.some(({ isOpen }) => isOpen)) {
          const sender = random.pick(senders.filter(({ isOpen }) => isOpen))
          const message = sender.messages.shift()
          if (message !== undefined) sending.push(window.admit(sender.unit, message, 10))
          else {
            sender.isOpen = false
            window.end(sender.unit)
          }
        }
        expect(await rest(window), `FLETCHING_SEED=${testSeed}, round ${round}`).toEqual(units.flat())
        await Promise.all(sending)
        expect(window.bytes).toBe(0)
        await spill.close()
      }
      expect(await readdir(folder)).toEqual([])
    }))

  it('holds the sender whose turn it is until its message is taken, and no other', async () => {
    const window = new OrderedWindow<string>(2, 100, new Spill())
    let isAdmitted = false
    const first = window.admit(0, 'a', 10).then(() => {
      isAdmitted = true
    })
    await window.admit(1, 'b', 10)
    expect(isAdmitted).toBe(false)
    expect(await window.next()).toBe('a')
    await first
  })

  it('keeps no more than its bound in memory, and the rest in the spill', () =>
    inFolder(async (folder) => {
      const spill = new Spill(folder)
      const window = new OrderedWindow<Uint8Array>(2, 250, spill)
      for (let n = 0; n < 20; n++) await window.admit(1, Uint8Array.of(n), 100)
      expect(window.bytes).toBe(200)
      expect(await readdir(folder)).toHaveLength(1)
      window.end(1)
      window.end(0)
      expect((await rest(window)).map(([n]) => n)).toEqual(Array.from({ length: 20 }, (_, n) => n))
      await spill.close()
      expect(await readdir(folder)).toEqual([])
    }))

  it('fails whoever waits, and whoever comes', async () => {
    const window = new OrderedWindow<string>(1, 100, new Spill())
    const waiting = window.next()
    window.fail(new Error('gone'))
    window.fail(new Error('again'))
    await expect(waiting).rejects.toThrow('gone')
    await expect(window.next()).rejects.toThrow('gone')
  })

  it('says which folder has no room', async () => {
    const window = new OrderedWindow<string>(2, 0, new Spill('/dev/null/x'))
    await expect(window.admit(1, 'a', 1)).rejects.toThrow(
      /^SPILL: cannot write what has to wait: ENOTDIR.*\n {2}at \/dev\/null\/x\n {2}give a folder with room for temporary files with --tmp$/,
    )
  })
})
