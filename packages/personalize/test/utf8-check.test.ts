import { isUtf8 } from 'node:buffer'
import { damaged, fuzz, fuzzCases } from '@fletching/testing'
import { expect, it } from 'vitest'
import { Utf8Check } from '../src/preflight/utf8-check.ts'

it('agrees with a look at all bytes at once, however they are cut', async () => {
  await fuzz(fuzzCases(3000), (random) => {
    const text = Buffer.from(
      Array.from({ length: random.below(30) }, () => random.pick(['a', 'é', '日', '🎉'])).join(''),
    )
    const bytes = random.below(2) === 0 ? text : damaged(random, text)
    const check = new Utf8Check()
    for (let at = 0; at < bytes.length; ) {
      const to = at + 1 + random.below(4)
      check.push(bytes.subarray(at, to))
      at = to
    }
    check.end()
    expect(check.isUtf8).toBe(isUtf8(bytes) && !bytes.includes(0))
  })
})
