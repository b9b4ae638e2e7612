import type { Random } from '@fletching/testing'

/** Texts around what readers of numbers tell apart. */
export const numberTexts = [
  '',
  ' 1',
  '1 ',
  '1\n',
  '\ufeff1',
  '1\u0000',
  ...`
    + - . -. .e1 e1 1e 1e+ 1e1.5 1.2.3 --1 +-1 1- 0x10 1_000 1,5 ١ / : 0/ 0: none NaN Infinity -Infinity
    0 -0 +0 00 -0.0 .0 0. -.0 0e999 -0e-999 0.1 0.30000000000000004
    999999999 1000000000 1000000001 999999999999999999 1000000000000000000
    2147483647 2147483648 -2147483648 -2147483649 4294967296 4294967297
    9007199254740991 9007199254740992 9007199254740993 -9007199254740993 9007199254740993.0 900719925474099.3
    9223372036854775807 9223372036854775808 -9223372036854775808 -9223372036854775809 18446744073709551617
    1e22 1e23 1e-22 1e-23 9007199254740991e22 9007199254740992e22 9007199254740991e-22 123456789012345e-22 0.1e-22
    5e-324 2e-324 2.4703282292062327e-324 2.4703282292062328e-324 2.2250738585072011e-308 2.2250738585072014e-308
    1.7976931348623157e308 1.7976931348623158e308 1.7976931348623159e308 1e309 1e-999
  `
    .trim()
    .split(/\s+/),
  `0.${'0'.repeat(400)}1e401`,
  `1e${'0'.repeat(50)}2`,
  `1e-${'0'.repeat(50)}2`,
  `1e${'9'.repeat(400)}`,
  '1'.repeat(400),
  `${'1'.repeat(400)}e-399`,
  ...[40, 41, 42].flatMap((count) => ['', '-', '+'].map((sign) => sign + '7'.padStart(count, '0'))),
]

/** A text that is a number, or nearly. */
export function numberText(random: Random): string {
  if (random.below(4) === 0) return random.pick(numberTexts)
  const sign = random.pick(['', '', '-', '+'])
  const zeros = '0'.repeat(random.pick([0, 0, 0, 1, 9, 22]))
  const whole = zeros + digitsText(random, random.pick(DIGIT_COUNTS))
  const fraction = random.below(2) === 0 ? '' : `.${digitsText(random, random.pick(DIGIT_COUNTS))}`
  const exponent =
    random.below(3) > 0 ? '' : `${random.pick(['e', 'E'])}${random.pick(['', '-', '+'])}${random.pick(EXPONENTS)}`
  const text = sign + whole + fraction + exponent
  if (random.below(8) > 0) return text
  const at = random.below(text.length + 1)
  return text.slice(0, at) + random.pick([' ', '.', 'e', '-', '/', ':', 'é', '\u0000', '\u00b2']) + text.slice(at)
}

function digitsText(random: Random, count: number): string {
  return Array.from({ length: count }, () => random.below(10)).join('')
}

const DIGIT_COUNTS = [0, 1, 2, 3, 8, 9, 10, 14, 15, 16, 17, 18, 19, 20, 27, 39, 40, 41] as const
const EXPONENTS = [0, 1, 5, 7, 21, 22, 23, 37, 300, 308, 309, 324, 325, 400, 1000, 99_999_999_999] as const
