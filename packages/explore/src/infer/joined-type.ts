import { BOOL, type FieldType, FLOAT64, INT64, JSON_TEXT, TEXT, type TextType, TIMESTAMP } from '@fletching/plan'
import type { Kind } from './kinds.ts'

/** The narrowest type that holds values of some kinds, and why it is that one. What lies in objects and in lists is not looked at. */
export interface JoinedType {
  readonly type: FieldType | 'struct' | 'list'
  readonly why: string
}

/** - Errors: none; there is one kind at least. */
export function joinedType(kinds: ReadonlySet<Kind>): JoinedType {
  const has = (...some: readonly Kind[]) => some.some((kind) => kinds.has(kind))
  const isText = has('text', 'moment')
  const isNumber = has('int64', 'longInt64', 'float64', 'longNumber')
  const groups = [
    ...(isText ? ['texts'] : []),
    ...(isNumber ? ['numbers'] : []),
    ...(has('bool') ? ['truth values'] : []),
    ...(has('object') ? ['objects'] : []),
    ...(has('list') ? ['lists'] : []),
  ]
  if (isText && isNumber && groups.length === 2) return { type: NUMBERS_AS_TEXT, why: 'texts and numbers' }
  if (groups.length > 1) return { type: JSON_TEXT, why: groups.join(', ') }
  if (has('object')) return { type: 'struct', why: 'objects' }
  if (has('list')) return { type: 'list', why: 'lists' }
  if (has('bool')) return { type: BOOL, why: 'truth values' }
  if (isText) return textType(has('text'), has('moment'))
  if (has('longNumber')) return { type: NUMBERS_AS_TEXT, why: 'numbers that neither 64 bits nor a double hold' }
  if (!has('float64')) return { type: INT64, why: 'whole numbers in 64 bits' }
  if (!has('longInt64')) return { type: FLOAT64, why: 'numbers that a double holds as they are written' }
  return { type: NUMBERS_AS_TEXT, why: 'fractions, and whole numbers that a double does not hold' }
}

function textType(isText: boolean, isMoment: boolean): JoinedType {
  if (!isText) return { type: TIMESTAMP, why: 'moments with a zone, of milliseconds at most' }
  return { type: TEXT, why: isMoment ? 'texts, of which some are moments' : 'texts' }
}

/** The kinds of all values that a type holds, as far as another type that holds them must ask. */
export function kindsOf(type: FieldType): ReadonlySet<Kind> {
  return new Set(HELD[type.kind](type))
}

const HELD: Readonly<Record<FieldType['kind'], (type: FieldType) => readonly Kind[]>> = {
  text: (type) => ((type as TextType).numbers === 'text' ? ['text', 'longNumber'] : ['text']),
  int32: () => ['int64'],
  int64: () => ['int64', 'longInt64'],
  float64: () => ['float64'],
  bool: () => ['bool'],
  timestamp: () => ['moment'],
  date: () => ['text'],
  json: () => [],
  list: () => ['list'],
  struct: () => ['object'],
}

const NUMBERS_AS_TEXT: TextType = Object.freeze({ ...TEXT, numbers: 'text' })
