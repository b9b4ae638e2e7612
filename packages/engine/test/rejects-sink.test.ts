import { openMemoryStore, parseLocation } from '@fletching/storage'
import { describe, expect, it } from 'vitest'
import type { Reject } from '../src/morsel.ts'
import { RejectsSink } from '../src/rejects-sink.ts'
import { outputInfo } from '../src/report.ts'
import { objectsIn, sha256Of } from './stores.ts'

const malformed: Reject = {
  object: 's3://b/in/a "x".gz',
  line: 7,
  byteOffset: 1234,
  errorOffset: 3,
  stage: 'malformed',
  code: 'BAD_STRING',
  column: undefined,
  text: Buffer.from('{"a'),
}
const setAside: Reject = {
  object: 'in/a',
  line: 8,
  byteOffset: 0,
  errorOffset: undefined,
  stage: 'setAside',
  code: 'NOT_TEXT',
  column: 'userId',
  text: Buffer.from('{"userId":true}'),
}

function openSink() {
  const store = openMemoryStore()
  let opened = 0
  const sink = new RejectsSink(() => {
    opened++
    return store.create(parseLocation('memory:rejects'))
  })
  const show = async () => {
    const outputs = await sink.prepare()
    for (const output of outputs) await store.complete(output)
    return outputs.map((output) => outputInfo(output, 'r1'))
  }
  return { sink, opened: () => opened, show, text: async () => String((await objectsIn(store)).rejects) }
}

describe('the rejects', () => {
  it.each<[string, Reject, string]>([
    [
      'a malformed line',
      malformed,
      String.raw`{"object":"s3://b/in/a \"x\".gz","line":7,"byteOffset":1234,"errorOffset":3,"stage":"malformed","code":"BAD_STRING","text":"{\"a"}`,
    ],
    [
      'a line that was set aside',
      setAside,
      String.raw`{"object":"in/a","line":8,"byteOffset":0,"stage":"setAside","code":"NOT_TEXT","column":"userId","text":"{\"userId\":true}"}`,
    ],
    [
      'a line that is not UTF-8',
      { ...setAside, text: Uint8Array.of(0x61, 0xff, 0x0d) },
      '{"object":"in/a","line":8,"byteOffset":0,"stage":"setAside","code":"NOT_TEXT","column":"userId","base64":"Yf8N"}',
    ],
    [
      'a line too long to be kept',
      { ...malformed, object: 'in/a', code: 'LINE_TOO_LONG', text: undefined },
      '{"object":"in/a","line":7,"byteOffset":1234,"errorOffset":3,"stage":"malformed","code":"LINE_TOO_LONG"}',
    ],
    [
      'a byte order mark, controls and a letter of four bytes',
      { ...setAside, text: Buffer.from('\ufeff\u0000\u2028😀') },
      '{"object":"in/a","line":8,"byteOffset":0,"stage":"setAside","code":"NOT_TEXT","column":"userId","text":"\ufeff\\u0000\u2028😀"}',
    ],
  ])('hold %s', async (_, reject, line) => {
    const { sink, show, text } = openSink()
    await sink.write([reject])
    await show()
    expect(await text()).toBe(`${line}\n`)
  })

  it('are counted, in one object, in the order in which they came', async () => {
    const { sink, opened, show, text } = openSink()
    await sink.write([])
    expect(opened()).toBe(0)
    await sink.write([malformed, setAside])
    await sink.write([])
    await sink.write([{ ...setAside, line: 9 }])
    const outputs = await show()
    const written = await text()
    expect(outputs).toEqual([
      {
        name: 'memory:rejects',
        format: 'rejects',
        rows: 3,
        bytes: Buffer.byteLength(written),
        sha256: sha256Of(Buffer.from(written)),
        run: 'r1',
      },
    ])
    expect(written.match(/"line":\d/g)).toEqual(['"line":7', '"line":8', '"line":9'])
    expect({ opened: opened(), rows: sink.rows }).toEqual({ opened: 1, rows: 3 })
  })

  it('are no object when there are none', async () => {
    const { sink, opened } = openSink()
    expect(await sink.prepare()).toEqual([])
    await sink.abort()
    expect(opened()).toBe(0)
  })

  it('leave nothing when they are given up', async () => {
    const { sink, text } = openSink()
    await sink.write([malformed])
    await sink.abort()
    expect(await text()).toBe('undefined')
  })
})
