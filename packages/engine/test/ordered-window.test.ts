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
        const takesAtOnce = random.below(2) === 0
        const taken = takesAtOnce ? rest(window) : undefined
        while (senders.some(({ isOpen }) => isOpen)) {
          const sender = random.pick(senders.filter(({ isOpen }) => isOpen))
          const message = sender.messages.shift()
          if (message !== undefined) sending.push(window.admit(sender.unit, message, 10))
          else {
            sender.isOpen = false
            window.end(sender.unit)
          }
          if (takesAtOnce && random.below(3) === 0) await new Promise(setImmediate)
        }
        expect(await (taken ?? rest(window)), `FLETCHING_SEED=${testSeed}, round ${round}`).toEqual(units.flat())
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

  it('keeps no more than its bound in memory while its taker waits, and the rest in the spill', () =>
    inFolder(async (folder) => {
      const spill = new Spill(folder)
      const window = new OrderedWindow<Uint8Array>(2, 250, spill)
      const taken = rest(window)
      for (let n = 0; n < 20; n++) await window.admit(1, Uint8Array.of(n), 100)
      expect(window.bytes).toBe(200)
      expect(await readdir(folder)).toHaveLength(1)
      window.end(1)
      window.end(0)
      expect((await taken).map(([n]) => n)).toEqual(Array.from({ length: 20 }, (_, n) => n))
      await spill.close()
      expect(await readdir(folder)).toEqual([])
    }))

  it('holds the senders of later units beyond its bound while there is something to take, and writes nothing', () =>
    inFolder(async (folder) => {
      const spill = new Spill(folder)
      const window = new OrderedWindow<string>(3, 250, spill)
      const admitted: string[] = []
      const send = (unit: number, message: string) =>
        window.admit(unit, message, 100).then(() => admitted.push(message))
      const sending = ['0a', '1a', '1b', '2a'].map((message) => send(Number(message[0]), message))
      await new Promise(setImmediate)
      expect([admitted, window.bytes]).toEqual([['1a'], 200])
      expect(await window.next()).toBe('0a')
      await new Promise(setImmediate)
      expect([admitted, window.bytes]).toEqual([['1a', '0a', '1b'], 200])
      for (const unit of [0, 1, 2]) window.end(unit)
      expect(await rest(window)).toEqual(['1a', '1b', '2a'])
      await Promise.all(sending)
      expect([window.bytes, await readdir(folder)]).toEqual([0, []])
      await spill.close()
    }))

  it('writes those whose senders it holds once its taker has to wait', () =>
    inFolder(async (folder) => {
      const spill = new Spill(folder)
      const window = new OrderedWindow<string>(2, 0, spill)
      const later = window.admit(1, 'later', 10)
      const first = window.admit(0, 'first', 10)
      expect(await window.next()).toBe('first')
      await first
      const rested = rest(window)
      await later
      expect([window.bytes, (await readdir(folder)).length]).toEqual([0, 1])
      window.end(0)
      window.end(1)
      expect(await rested).toEqual(['later'])
      await spill.close()
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
    void window.next()
    await expect(window.admit(1, 'a', 1)).rejects.toThrow(
      /^SPILL: cannot write what has to wait: ENOTDIR.*\n {2}at \/dev\/null\/x\n {2}give a folder with room for temporary files with --tmp$/,
    )
  })
})
