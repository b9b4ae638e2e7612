import { fuzzCases, randomFrom, testSeed } from '@fletching/testing'
import { expect, it } from 'vitest'
import { parseDecimal, parseWhole } from '../src/parse-number.ts'
import { numberText, numberTexts } from './number-texts.ts'

const WHOLE = /^[+-]?\d+$/
const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/

const random = randomFrom(testSeed)
const texts = [...numberTexts, ...Array.from({ length: fuzzCases(50_000) }, () => numberText(random))]

it('parseWhole tells whole numbers, exact up to 2^53, and beyond it when they are', () => {
  for (const text of texts) {
    const number = read(parseWhole, text)
    if (!WHOLE.test(text)) expect(number, text).toBeNaN()
    else if (Number.isSafeInteger(Number(text))) expect(number, text).toBe(Number(text))
    else expect(Math.abs(number), text).toBeGreaterThan(Number.MAX_SAFE_INTEGER)
  }
})

it('parseDecimal tells decimal numbers, and is right where it is sure', () => {
  for (const text of texts) {
    const number = read(parseDecimal, text)
    if (!DECIMAL.test(text)) expect(number, text).toBeNaN()
    else if (number !== Infinity) expect(number, text).toBe(Number(text))
  }
})

it.each([
  '0',
  '-12',
  '1.25',
  '.5',
  '5.',
  '1e3',
  '1e22',
  '-1.5E-21',
  '123456789012345',
  '0.000123',
  '9007199254740991e-22',
])('parseDecimal is sure of %s', (text) => expect(read(parseDecimal, text)).toBe(Number(text)))

it.each(['9007199254740993', '1e23', '1e-23', '0.30000000000000004'])('parseDecimal leaves %s to others', (text) =>
  expect(read(parseDecimal, text)).toBe(Infinity),
)

/** With bytes around it that would go on with the number, if they were looked at. */
function read(parse: (bytes: Uint8Array, start: number, end: number) => number, text: string): number {
  const bytes = new TextEncoder().encode(`-1${text}1`)
  return parse(bytes, 2, bytes.length - 1)
}
