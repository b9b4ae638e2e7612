import { type Random, randomFrom, testSeed } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { type BlockForm, PackedList } from '../src/packed-list.ts'

interface Value {
  readonly name: string
  readonly count: number
  readonly mark: string | undefined
}

const form: BlockForm<Value> = {
  write(values, to) {
    let before = ''
    for (const { name, count, mark } of values) {
      to.textBehind(before, name)
      to.number(count)
      to.optionalText(mark)
      before = name
    }
  },
  read(from, count) {
    let name = ''
    return Array.from({ length: count }, () => {
      name = from.textBehind(name)
      return { name, count: from.number(), mark: from.optionalText() }
    })
  },
}

const CHARACTERS = ['a', 'b', '/', 'ü', '\uffee', '😀', '😁', '\ud83c\udf55']
const COUNTS = [0, 1, 127, 128, 2 ** 31 - 1, 2 ** 32, 2 ** 53 - 1]

function randomValue(random: Random): Value {
  const characters = (lengthMax: number) =>
    Array.from({ length: random.below(lengthMax) }, () => random.pick(CHARACTERS)).join('')
  return {
    name: random.pick(['', 's3://b/logs/', 's3://b/logs/😀']) + characters(random.below(200) === 0 ? 20_000 : 6),
    count: random.pick(COUNTS),
    mark: random.pick([undefined, '', characters(4)]),
  }
}

function packed(values: readonly Value[]): PackedList<Value> {
  const list = new PackedList(form)
  for (const value of values) list.add(value)
  return list
}

describe('a packed list', () => {
  it('gives what an array gives, in order and anywhere', () => {
    const random = randomFrom(testSeed)
    for (const length of [0, 1, 63, 64, 65, 128, 1000]) {
      const values = Array.from({ length }, () => randomValue(random))
      const list = packed(values)
      const which = `FLETCHING_SEED=${testSeed}, ${length} values`
      expect(list, which).toHaveLength(length)
      expect([...list], which).toEqual(values)
      expect([...list.blocks()].flat(), which).toEqual(values)
      expect(JSON.stringify(list), which).toBe(JSON.stringify(values))
      for (let looks = 0; looks < 100; looks++) {
        const index = random.below(length + 2)
        expect(list.at(index), `${which}, ${index}`).toEqual(values[index])
      }
    }
  })

  it('grows while it is gone through again', () => {
    const list = packed([{ name: 'a', count: 1, mark: undefined }])
    expect([...list].map(({ name }) => name)).toEqual(['a'])
    list.add({ name: 'b', count: 2, mark: 'x' })
    expect([...list].map(({ name }) => name)).toEqual(['a', 'b'])
  })
})
