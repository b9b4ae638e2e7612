import { explode } from '@fletching/kernels/explode'
import { take } from '@fletching/kernels/take'
import { forms, type Plain, randomFrom, randomValues, triesAll, valuesOf, vectorOf } from '@fletching/testing'
import { Field, List } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { everyType, types } from './types.ts'

const { list } = types

describe('explode', () => {
  const lists = [['a', 'b'], [], null, [null], ['c']]

  it.each(forms)('makes a row of each item: %s', (form) => {
    const { rows, items, positions } = explode(vectorOf(list, lists, form), { outer: false })
    expect([...rows]).toEqual([0, 0, 3, 4])
    expect(valuesOf(items)).toEqual(['a', 'b', null, 'c'])
    expect(valuesOf(positions)).toEqual([0, 1, 0, 0])
    expect(positions.nullCount).toBe(0)
  })

  it.each(forms)('with outer, keeps a row for a list without items: %s', (form) => {
    const { rows, items, positions } = explode(vectorOf(list, lists, form), { outer: true })
    expect([...rows]).toEqual([0, 0, 1, 2, 3, 4])
    expect(valuesOf(items)).toEqual(['a', 'b', null, null, null, 'c'])
    expect(valuesOf(positions)).toEqual([0, 1, null, null, 0, 0])
  })

  it.each([[[]], [[null, null]], [[[], null]]])('of %j makes rows with outer alone', (values) => {
    const column = vectorOf(list, values)
    expect(explode(column, { outer: false }).rows).toHaveLength(0)
    expect([...explode(column, { outer: true }).rows]).toEqual(values.map((_, row) => row))
  })

  it.each(everyType.filter(({ name }) => name !== 'encoded'))('agrees with the oracle: $name', ({ type }) => {
    const seed = Number(process.env.FLETCHING_SEED ?? Math.floor(Math.random() * 2 ** 31))
    const random = randomFrom(seed)
    const listType = new List(new Field('item', type, true))
    for (let round = 0; round < (triesAll ? 40 : 12); round++) {
      const values = randomValues(random, listType, round, 0.2)
      const beside = values.map((_, row) => row)
      for (const [outer, form] of [true, false].flatMap((one) => forms.map((form) => [one, form] as const))) {
        const { rows, items, positions } = explode(vectorOf(listType, values, form), { outer })
        const others = take(vectorOf(types.int32, beside, form), rows)
        const made = valuesOf(items).map((item, at) => [valuesOf(others)[at], item, valuesOf(positions)[at]])
        expect(made, `seed ${seed}`).toEqual(explodeOracle(values, outer))
      }
    }
  })
})

function explodeOracle(lists: readonly Plain[], outer: boolean): unknown[] {
  return lists.flatMap((list, row) => {
    const items = (list ?? []) as readonly Plain[]
    if (items.length === 0) return outer ? [[row, null, null]] : []
    return items.map((item, position) => [row, item, position])
  })
}
