import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { SealedBytes } from '../src/state-record.ts'

const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe('a sealed record', () => {
  it.each([
    ['small', 10],
    ['larger than what is kept of it', 200_000],
  ])('that is %s is its text with its checksum, however often it is gone through', (_, count) => {
    const value = { output: 'o', names: Array.from({ length: count }, (__, n) => `name ${n} ${'x'.repeat(30)}`) }
    const text = JSON.stringify(value)
    const sealed = new SealedBytes({ name: 'intent', version: 2 }, value)
    const expected = `{"intentVersion":2,"sha256":"${sha256(text)}","intent":${text}}\n`
    for (let times = 0; times < 2; times++) expect(Buffer.concat([...sealed]).toString() === expected).toBe(true)
    expect(sealed.sha256).toBe(sha256(expected))
  })
})
