import { describe, expect, it } from 'vitest'
import { type Form, formOf } from '../src/form.ts'

describe('formOf', () => {
  it.each<[string, Form]>([
    ['\x1f\x8b\x08', 'gzip'],
    ['PAR1\x15', 'parquet'],
    ['{"a":1}', 'ndjson'],
    ['\r\n\t {"a":1}', 'ndjson'],
    ['\xef\xbb\xbf{"a":1}', 'ndjson'],
    ['USER_ID,ITEM_ID\n', 'csv'],
    ['\xef\xbb\xbfUSER_ID\n', 'csv'],
    ['PAR', 'csv'],
    ['"{",1', 'csv'],
    ['', 'csv'],
  ])('of %j is %s', (text, form) => {
    expect(formOf(Buffer.from(text, 'latin1'))).toBe(form)
  })
})
