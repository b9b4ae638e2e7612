import { Readable } from 'node:stream'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it, vi } from 'vitest'
import { orAborted, untilAborted } from '../src/abort.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

describe('orAborted', () => {
  it('gives what was waited for, or why it failed', async () => {
    const { signal } = new AbortController()
    expect(await orAborted(Promise.resolve(1), signal)).toBe(1)
    await expect(orAborted(Promise.reject(new Error('own')), signal)).rejects.toThrow('own')
    expect(await orAborted(Promise.resolve(2), undefined)).toBe(2)
  })

  it.each([true, false])('gives the reason of a signal, given before: %s', async (before) => {
    const controller = new AbortController()
    if (before) controller.abort(new Error('reason'))
    const wait = orAborted(new Promise(() => {}), controller.signal)
    if (!before) controller.abort(new Error('reason'))
    await expect(wait).rejects.toThrow('reason')
  })

  it.each([true, false])('gives what comes within the grace, and else the reason; it comes: %s', async (comes) => {
    const controller = new AbortController()
    let finish: (text: string) => void = () => {}
    const work = new Promise<string>((resolve) => {
      finish = resolve
    })
    const wait = orAborted(work, controller.signal, comes ? 60_000 : 1)
    controller.abort(new Error('reason'))
    if (comes) finish('work')
    expect(await wait.catch((error: unknown) => (error as Error).message)).toBe(comes ? 'work' : 'reason')
  })

  it('keeps nothing of the waits that are over', async () => {
    const { signal } = new AbortController()
    const seen: WeakRef<object>[] = []
    for (let i = 0; i < 100; i++) {
      seen.push(new WeakRef(await orAborted(Promise.resolve({ i }), signal)))
    }
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
    collectGarbage()
    expect(seen.filter((value) => value.deref() !== undefined)).toHaveLength(0)
    expect(signal.aborted).toBe(false)
  })
})

describe('untilAborted', () => {
  /** Numbers from 0 on, and then something that never comes; whether they are given up shows in `ended`. */
  function numbers(count: number) {
    const source = {
      ended: false,
      async *give() {
        try {
          for (let n = 0; n < count; n++) yield { n }
          await new Promise(() => {})
        } finally {
          source.ended = true
        }
      },
    }
    return source
  }

  it.each([new AbortController().signal, undefined])(
    'gives what its source gives, or why that failed, with %s',
    async (signal) => {
      const given: number[] = []
      const failing = untilAborted(
        (async function* give() {
          yield 1
          yield 2
          throw new Error('own')
        })(),
        signal,
      )
      const taking = async () => {
        for await (const n of failing) given.push(n)
      }
      await expect(taking()).rejects.toThrow('own')
      expect(given).toEqual([1, 2])
      expect(await untilAborted(Readable.from(['a', 'b']), signal).next()).toEqual({ done: false, value: 'a' })
    },
  )

  it.each(['before', 'between', 'while it waits'])('gives the reason of a signal that is given: %s', async (when) => {
    const controller = new AbortController()
    const source = numbers(1)
    const passed = untilAborted(source.give(), controller.signal)
    const abort = () => controller.abort(new Error('reason'))
    if (when === 'before') abort()
    else expect(await passed.next()).toEqual({ done: false, value: { n: 0 } })
    if (when === 'between') abort()
    const next = passed.next()
    if (when === 'while it waits') setImmediate(abort)
    await expect(next).rejects.toThrow('reason')
    expect(await passed.next()).toEqual({ done: true, value: undefined })
    // A source that hangs cannot be ended, and is left behind.
    expect(source.ended).toBe(when === 'between')
  })

  it('listens once, ends its source when nobody takes any more, and keeps nothing of what has passed', async () => {
    const { signal } = new AbortController()
    const [add, remove] = [vi.spyOn(signal, 'addEventListener'), vi.spyOn(signal, 'removeEventListener')]
    const source = numbers(100)
    const seen: WeakRef<object>[] = []
    const passed = untilAborted(source.give(), signal)
    for (let n = 0; n < 100; n++) seen.push(new WeakRef((await passed.next()).value as object))
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
    collectGarbage()
    // The last is in the hands of the generators.
    expect(seen.filter((value) => value.deref() !== undefined).length).toBeLessThanOrEqual(1)
    await passed.return(undefined)
    expect(source.ended).toBe(true)
    expect([add.mock.calls.length, remove.mock.calls.length]).toEqual([1, 1])
  })
})
