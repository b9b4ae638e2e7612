import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import type { RunOptions } from '../src/options.ts'
import { startWorkers, WaitingWorkers } from '../src/waiting-workers.ts'

const IDLE = "require('worker_threads').parentPort.on('message', () => {})"

/** So many that wait, all that were opened, and how to open one more. */
function waitingFor(count: number, code = IDLE) {
  const opened: Worker[] = []
  const open = () => {
    opened.push(new Worker(code, { eval: true }))
    return opened[opened.length - 1]
  }
  return { waiting: new WaitingWorkers(count, open), opened }
}

/** Unlike `once`, it does not mind an error before. */
function exitOf(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    worker.once('exit', () => resolve())
  })
}

describe('waiting workers', () => {
  it('are taken in turn, and then new ones', async () => {
    const { waiting, opened } = waitingFor(2)
    const taken = [waiting.take(), waiting.take(), waiting.take()]
    expect(taken).toEqual(opened)
    await waiting.dismiss()
    expect(taken.map(({ threadId }) => threadId)).not.toContain(-1)
    await Promise.all(taken.map((worker) => worker.terminate()))
  })

  it('are ended when nobody takes them', async () => {
    const { waiting, opened } = waitingFor(2)
    const taken = waiting.take()
    await waiting.dismiss()
    expect(opened.map(({ threadId }) => threadId === -1)).toEqual([false, true])
    await waiting.dismiss()
    await taken.terminate()
  })

  it.each([
    ['throws', 'throw new Error("oops")'],
    ['ends without a word', 'process.exit(0)'],
  ])('are passed over when one %s', async (_, code) => {
    const { waiting, opened } = waitingFor(1, code)
    const [first] = opened
    await exitOf(first)
    const taken = waiting.take()
    expect(taken).not.toBe(first)
    taken.on('error', () => {})
    await exitOf(taken)
  })

  const numbers: [string, RunOptions, number][] = [
    ['no number', { cpus: 8 }, 0],
    ['one', { cpus: 8, workers: 1 }, 0],
    ['three', { cpus: 8, workers: 3 }, 2],
    ['more than there are CPUs', { cpus: 2, workers: 64 }, 1],
    ['more than there is memory for', { cpus: 8, workers: 8, memoryBytesMax: 300 * 1024 * 1024 }, 1],
  ]

  it.each(numbers)('are started beside this one where the options ask for %s', async (_, options, count) => {
    const waiting = startWorkers(options)
    expect(waiting.count).toBe(count)
    await waiting.dismiss()
  })
})
