import { describe, expect, it } from 'vitest'
import { openVoice } from '../src/voice.ts'

/** A stream that keeps what is written to it. */
function stream(isTTY: boolean) {
  const written: string[] = []
  const write = (text: string) => written.push(text)
  return { written, stream: { isTTY, write, columns: 80 } as unknown as NodeJS.WriteStream }
}

describe('the progress of a run at a terminal', () => {
  it.each([
    ['is drawn', true, 1],
    ['is not drawn into a file that errors go to', false, 0],
  ])('%s', async (_, isTerminal, lines) => {
    const out = stream(true)
    const err = stream(isTerminal)
    const voice = openVoice(out.stream, err.stream)
    // The first tenth of a second of the process has no line.
    while (performance.now() < 200) await new Promise(setImmediate)
    voice.progress({ objects: 0, objectsTotal: 1, bytes: 5, bytesTotal: 10, rows: 0 })
    expect(err.written).toHaveLength(lines)
    expect(out.written).toEqual([])
  })
})
