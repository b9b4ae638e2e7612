/** What a JSON value becomes. Plain data, fit for `structuredClone`. */
export type ScanType =
  | {
      /** Text; a `dictionary` holds each distinct value once. */
      readonly kind: 'utf8' | 'dictionary'
      /** A JSON number is its text as written, or a value of another type. */
      readonly numbers: 'text' | 'unfit'
      /** Whether a text that holds CR or LF fits. Where it does not, the text is an id, and odd ids are counted. */
      readonly lineBreaks: 'keep' | 'unfit'
      /** Whether the empty text is a value. */
      readonly empty: 'keep' | 'null'
    }
  | { readonly kind: 'int64' | 'float64' | 'bool' | 'timestamp' }
  /** Any value but null, as the text in which it was written. */
  | { readonly kind: 'json' }
  | { readonly kind: 'list'; readonly item: ScanItem }
  | { readonly kind: 'struct'; readonly fields: readonly ScanField[] }

/** What a value of another type does: it makes the line unfit, or counts as null; one that is discarded is counted besides. */
export type UnfitValue = 'setAside' | 'null' | 'discard'

/** What the items of a list become. */
export interface ScanItem {
  readonly type: ScanType
  readonly unfit: UnfitValue
}

export interface ScanField extends ScanItem {
  /** Its name in the struct. */
  readonly name: string
  /** The key of its value in the object; fields may share one. */
  readonly key: string
}

/** Whether a value that lies within one of this type may make the line unfit. */
export function setsAsideWithin(type: ScanType): boolean {
  const inner = type.kind === 'list' ? [type.item] : type.kind === 'struct' ? type.fields : []
  return inner.some((one) => one.unfit === 'setAside' || setsAsideWithin(one.type))
}

export interface ScanColumn {
  /** Its name in the batch. */
  readonly name: string
  /** The keys that lead to the value, from the root of the line. */
  readonly path: readonly string[]
  readonly type: ScanType
  /** Without a value, the line is unfit. */
  readonly required: boolean
  readonly unfit: UnfitValue
  /** Whether it stands in the batch; one that does not is there for the steps alone. */
  readonly output: boolean
}

export type ScanOperator = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge'

/** Columns by their number in the specification. */
export type ScanPredicate =
  /** Of a text column; false for null. Of a value that does not fit, the text that stands in the line is looked up. */
  | { readonly op: 'isIn'; readonly column: number; readonly values: readonly string[] }
  /**
   * Of a column of texts, numbers, truth values or moments with a value of its type, a moment in milliseconds; false for null. A value that makes
   * the line unfit is compared as what is written for it: the text that stands in the line, zero, or false.
   */
  | {
      readonly op: 'compare'
      readonly column: number
      readonly operator: ScanOperator
      readonly value: string | number | bigint | boolean
    }
  /** A value that makes the line unfit is a value all the same. */
  | { readonly op: 'isNotNull' | 'isNull'; readonly column: number }
  | { readonly op: 'and' | 'or'; readonly inputs: readonly ScanPredicate[] }

export interface ScanStep {
  readonly predicate: ScanPredicate
  /** The word under which the lines are counted that the predicate refuses. */
  readonly reason: string
  /** The column whose refused texts are counted by value. */
  readonly tallyColumn?: number
}

/** What to read of every line, and which lines to keep: the first step that is not true counts the line. */
export interface ScanSpec {
  readonly columns: readonly ScanColumn[]
  readonly steps: readonly ScanStep[]
  /** Columns behind the others that say where the line of each row stands. */
  readonly places?: readonly ScanPlace[]
}

export interface ScanPlace {
  /** Its name in the batch. */
  readonly name: string
  /** The number of the line, counted from 1 in the object, or the offset of its first byte. */
  readonly of: 'line' | 'offset'
}

/** What Amazon Personalize takes as the length of an id: longer ones are counted. */
export const ID_CHARACTERS = 256
