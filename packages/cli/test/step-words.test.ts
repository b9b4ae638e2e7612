import { expect, it } from 'vitest'
import { stepWords } from '../src/step-words.ts'

it.each([
  ['', ''],
  ['a\nb', 'a\nb'],
  ['x'.repeat(120), 'x'.repeat(120)],
  ['x'.repeat(121), `${'x'.repeat(120)}…`],
  [`${'x'.repeat(119)}😀y`, `${'x'.repeat(119)}😀…`],
])('a step %j is told as %j', (step, words) => expect(stepWords(step)).toBe(words))
