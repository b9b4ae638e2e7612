import { structField } from '@fletching/kernels/struct-field'
import { type Plain, randomCheck, tableCheck, vectorOf } from '@fletching/testing'
import { Field, Int64, Struct } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { everyType, types } from './types.ts'

const flat = new Struct([new Field('x', types.text, true), new Field('y', types.bool, true)])

describe('structField', () => {
  it('gives the field, and null for a null struct', () =>
    tableCheck({ a: flat, out: types.text }, ({ a }) => structField(a, 'x'))(`
      a                   out
      {"x":"a","y":true}  a
      {"x":null,"y":true} _
      _                   _
      {"x":"","y":null}   ""
    `))

  it.each(everyType)('agrees with the oracle: $name', ({ name, type }) => {
    const struct = new Struct([new Field('before', new Int64(), true), new Field('f', type, true)])
    randomCheck({
      types: { a: struct },
      out: name === 'encoded' ? types.text : type,
      run: ({ a }) => structField(a, 'f'),
      oracle: ({ a }) => a.map((row) => (row === null ? null : (row as { f: Plain }).f)),
    })
  })

  it("shares the field's buffers where no struct is null", () => {
    const column = vectorOf(flat, [{ x: 'a', y: null }])
    expect(structField(column, 'x').data[0].values).toBe(column.data[0].children[0].values)
  })

  it('gives a chunk for each chunk', () => {
    const column = vectorOf(flat, [{ x: 'a', y: null }, null], 'chunks')
    expect(structField(column, 'x').data).toHaveLength(column.data.length)
  })

  it('refuses a field that is none', () => {
    expect(() => structField(vectorOf(flat, []), 'z')).toThrow(
      expect.objectContaining({ kind: 'internal', message: 'INTERNAL: a struct has no field "z"; it has x, y' }),
    )
  })
})
