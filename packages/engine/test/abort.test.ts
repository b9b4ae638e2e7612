import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { orAborted } from '../src/abort.ts'

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
