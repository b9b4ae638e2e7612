import { trueRows } from '@fletching/kernels/true-rows'
import { forms, type Plain, randomCheck, vectorOf } from '@fletching/testing'
import { Bool, Int32 } from 'apache-arrow'
import { describe, expect, it } from 'vitest'

const bool = new Bool()
const trueRowsOracle = (mask: readonly Plain[]) => [...mask.keys()].filter((row) => mask[row] === true)

describe('trueRows', () => {
  it('finds what the oracle finds', () => {
    randomCheck({
      types: { mask: bool },
      out: new Int32(),
      run: ({ mask }) => vectorOf(new Int32(), [...trueRows(mask)]),
      oracle: ({ mask }) => trueRowsOracle(mask),
      cases: 400,
    })
  })

  it.each(forms)('finds them at the ends of words, in masks of every length: %s', (form) => {
    for (let length = 0; length <= 100; length++) {
      const masks: readonly ((row: number) => boolean | null)[] = [
        () => true,
        () => false,
        () => null,
        (row) => row === 0 || row === length - 1,
        (row) => row > 0 && row < length - 1,
        (row) => row % 32 === 31,
        (row) => (row === 40 ? null : true),
      ]
      for (const maskOf of masks) {
        const mask = Array.from({ length }, (_, row) => maskOf(row))
        expect([...trueRows(vectorOf(bool, mask, form))]).toEqual(trueRowsOracle(mask))
      }
    }
  })
})
