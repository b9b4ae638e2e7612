import { addPlace, authorError, dataError, environmentError, FletchingError, internal } from '@fletching/columns/errors'
import { describe, expect, it } from 'vitest'

describe('an error of the house', () => {
  it('shows what would end a line or move a cursor as its escape', () => {
    const error = dataError('A', 'file "a\nB: c"', { at: 'in/\u001b[2J\r', help: 'x\u009b' })
    expect(error.message).toBe('A: file "a\\nB: c"\n  at in/\\u001b[2J\\u000d\n  x\\u009b')
    expect(error.at).toEqual(['in/\\u001b[2J\\u000d'])
  })

  it('says what, where, and the way out, each on its line', () => {
    const cause = new Error('below')
    const error = authorError('UNKNOWN_COLUMN', 'no column "skuu"', {
      at: ['select → ITEM_ID', 'job a'],
      help: ['did you mean "sku"?', 'there are: sku, price'],
      details: { column: 'skuu' },
      cause,
    })
    expect(error.message).toBe(
      'UNKNOWN_COLUMN: no column "skuu"\n  at select → ITEM_ID\n  at job a\n  did you mean "sku"?\n  there are: sku, price',
    )
    expect(error).toBeInstanceOf(Error)
    expect(partsOf(error)).toEqual({
      name: 'FletchingError',
      kind: 'author',
      code: 'UNKNOWN_COLUMN',
      what: 'no column "skuu"',
      at: ['select → ITEM_ID', 'job a'],
      help: ['did you mean "sku"?', 'there are: sku, price'],
      details: { column: 'skuu' },
      cause,
    })
  })

  it('is one line when there is nothing else to say', () => {
    const error = internal('take got row 2 of 2')
    expect(error.message).toBe('INTERNAL: take got row 2 of 2')
    expect([error.at, error.help, error.details, 'cause' in error]).toEqual([[], [], {}, false])
  })

  it('takes one place and one way out as texts', () => {
    expect(dataError('CODE', 'what', { at: 'here', help: 'so' }).message).toBe('CODE: what\n  at here\n  so')
  })

  it.each([
    [authorError('A', 'a'), 'author'],
    [dataError('A', 'a'), 'data'],
    [environmentError('A', 'a'), 'environment'],
    [internal('a'), 'internal'],
  ])('%s is of kind %s', (error, kind) => expect(error.kind).toBe(kind))
})

describe('addPlace', () => {
  it('adds a place behind the others and changes nothing else', () => {
    const cause = new Error('below')
    const error = dataError('CODE', 'what', { at: 'row 7', help: 'mend it', details: { row: 7 }, cause })
    const placed = addPlace(error, 'column a') as FletchingError
    expect(placed.message).toBe('CODE: what\n  at row 7\n  at column a\n  mend it')
    expect(partsOf(placed)).toEqual({ ...partsOf(error), at: ['row 7', 'column a'] })
    expect(error.message).toBe('CODE: what\n  at row 7\n  mend it')
    expect((addPlace(placed, 'file b') as FletchingError).at).toEqual(['row 7', 'column a', 'file b'])
  })

  it('keeps where the error was made', () => {
    const error = internal('a bug')
    const placed = addPlace(error, 'step 2') as FletchingError
    expect(placed.stack?.split('\n    at ').slice(1)).toEqual(error.stack?.split('\n    at ').slice(1))
    expect(placed.stack).toContain('INTERNAL: a bug\n  at step 2\n    at ')
  })

  it.each([[new Error('other')], ['text'], [undefined]])('lets %s be', (thrown) => {
    expect(addPlace(thrown, 'here')).toBe(thrown)
  })
})

function partsOf({ name, kind, code, what, at, help, details, cause }: FletchingError) {
  return { name, kind, code, what, at, help, details, cause }
}

describe('an error of another copy of the module', () => {
  it('is known as ours, and nothing else is', async () => {
    const copy = (await import('../src/errors.ts?copy' as string)) as { authorError: typeof authorError }
    expect(copy.authorError).not.toBe(authorError)
    expect(copy.authorError('A', 'b')).toBeInstanceOf(FletchingError)
    for (const other of [new Error('b'), { kind: 'author', code: 'A' }, null, 'A: b']) {
      expect((other as unknown) instanceof FletchingError).toBe(false)
    }
  })
})
