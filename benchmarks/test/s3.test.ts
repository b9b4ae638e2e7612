import { describe, expect, it } from 'vitest'
import { script } from './script.ts'

describe('the S3 benchmark', () => {
  it('runs in its small size, and every run gives the CSV of the files', () => {
    const out = script('s3.js', ['--size', 'smoke', '--workers', '2'])
    expect(out).toMatch(
      /small: objects 40, 0\.\d MB, CSV [0-9a-f]{16}\n +0 ms an answer, workers 2: best [\d.]+ s, median/,
    )
    for (const form of ['plain', 'gzip']) {
      expect(out).toMatch(
        new RegExp(
          `${form}: objects 1, [02]\\.\\d MB, CSV [0-9a-f]{16}\\n.*CPU of the server.*requests at once \\d+\\n +5 ms an answer, workers 2: best`,
        ),
      )
    }
  }, 120_000)
})
