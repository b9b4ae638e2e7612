import { damaged, fuzz, fuzzCases, randomFrom, testSeed } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { parseWithInputs } from '../src/json-inputs.ts'
import { randomInputs } from './inputs.ts'

async function* inPieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length)
}

/** What is told of a text in pieces of so many bytes; `none` where it is not JSON. */
async function parsed(bytes: Uint8Array, depth: number, pieceBytes = 1 << 20) {
  try {
    const { value, inputs, areInputs } = await parseWithInputs(inPieces(bytes, pieceBytes), depth)
    return { value, inputs: inputs && [...inputs], areInputs }
  } catch (error) {
    if (error instanceof SyntaxError) return 'none'
    throw error
  }
}

const [one, two] = randomInputs(randomFrom(testSeed), 2)

/** A record in which the list stands at a depth, beside much that looks like it. */
const around = (inputs: unknown, depth: number): unknown =>
  depth === 1
    ? { inputsX: ['['], text: '"inputs":[{\\', after: { inputs: [1] }, list: [{ inputs: [] }], inputs, z: ']' }
    : { inputs: [{}], [`a${depth}`]: around(inputs, depth - 1), z: [] }

describe('a JSON text with a list of inputs', () => {
  it('says what JSON.parse says, however it is cut', async () => {
    const random = randomFrom(testSeed)
    for (const depth of [1, 2, 3]) {
      for (const length of [0, 1, 2, 700]) {
        const inputs = randomInputs(random, length)
        for (const indent of [0, 2]) {
          const bytes = Buffer.from(JSON.stringify(around(inputs, depth), undefined, indent))
          for (const pieceBytes of [1, 7, 5000, bytes.length]) {
            const said = await parsed(bytes, depth, pieceBytes)
            const which = `FLETCHING_SEED=${testSeed}, ${length} inputs at ${depth}, pieces of ${pieceBytes}`
            const expected = JSON.parse(JSON.stringify(inputs)) as unknown
            expect(said, which).toEqual({ value: around([], depth), inputs: expected, areInputs: true })
          }
        }
      }
    }
  })

  it('has no list where none stands at the depth', async () => {
    for (const text of ['5', 'null', '[]', '{"inputs":5,"a":[[]]}', '{"a":{"inputs":[1]}}', '{"a":["inputs",[1]]}']) {
      expect(await parsed(Buffer.from(text), 1), text).toEqual({
        value: JSON.parse(text),
        inputs: undefined,
        areInputs: true,
      })
    }
  })

  it.each<[string, unknown]>([
    ['null', null],
    ['a number', 1],
    ['without a name', { ...one, name: undefined }],
    ['with a name that is none', { ...one, name: 1 }],
    ['with a size that is none', { ...one, bytes: -1 }],
    ['with half a byte', { ...one, uncompressedBytes: 0.5 }],
    ['with an ETag that is none', { ...one, etag: null }],
    ['without figures', { ...one, accounting: undefined }],
    ['with figures that are null', { ...one, accounting: null }],
    ['without lines', { ...one, accounting: { ...one.accounting, lines: undefined } }],
    ['with a tally that is a list', { ...one, accounting: { ...one.accounting, filtered: [] } }],
    ['with a tally of texts', { ...one, accounting: { ...one.accounting, malformed: { a: 'x' } } }],
  ])('tells of one that is %s', async (_, element) => {
    const bytes = Buffer.from(JSON.stringify({ inputs: [one, element, two] }))
    expect(await parsed(bytes, 1)).toMatchObject({ areInputs: false })
  })

  it.each(['{"inputs":[,]}', '{"inputs":[{},]}', '{"inputs":[}', '{"inputs":[{]}}', '{"inputs":[', '{"inputs":[]', ''])(
    'that is %j is none',
    async (text) => expect(await parsed(Buffer.from(text), 1)).toBe('none'),
  )

  it('is none where a part of a long list ends with nothing behind a comma', async () => {
    const inputs = JSON.stringify(randomInputs(randomFrom(testSeed), 700)).slice(1, -1)
    for (const end of [',', ',,{}']) {
      expect(await parsed(Buffer.from(`{"inputs":[${inputs}${end}]}`), 1, 1000)).toBe('none')
      expect(await parsed(Buffer.from(`{"inputs":[${inputs}${end}]}`), 1)).toBe('none')
    }
  })

  it(`with damage is none, or says what JSON.parse says (${fuzzCases(3000)} cases)`, async () => {
    const text = Buffer.from(JSON.stringify(around([one, two], 2)))
    await fuzz(fuzzCases(3000), async (random) => {
      const bytes = damaged(random, text)
      const said = await parsed(bytes, 2, 1 + random.below(300))
      let whole: unknown
      try {
        whole = JSON.parse(bytes.toString())
      } catch {
        expect(said, bytes.toString()).toBe('none')
        return
      }
      if (said === 'none') expect.fail(`refused: ${bytes.toString()}`)
      if (!said.areInputs) return
      const holder = (whole as Record<string, Record<string, unknown>>).a2
      const expected = said.inputs === undefined ? whole : { ...(whole as object), a2: { ...holder, inputs: [] } }
      expect(said.value, bytes.toString()).toEqual(expected)
      if (said.inputs !== undefined) expect(said.inputs).toEqual(JSON.parse(JSON.stringify(holder.inputs)))
    })
  })
})
