import { formatPath } from '@fletching/columns'
import { addPlace, authorError, FletchingError } from '@fletching/columns/errors'
import { type CallName, type CompareOperator, type Expr, freeze, type OnFailure } from './expr.ts'
import { formatExpr } from './format-expr.ts'
import { glueType, glueTypes } from './glue-types.ts'
import { describe, literalFor } from './literal.ts'
import { Declared } from './schema.ts'
import { wantKind, wantSameType, wantScalar } from './type-check.ts'
import {
  BOOL,
  computed,
  DATE,
  type FieldType,
  FLOAT64,
  formatType,
  INT32,
  INT64,
  isScalar,
  sameType,
  TEXT,
  TIMESTAMP,
} from './types.ts'

/**
 * The one class behind every typed `Column`: an expression, its type, and whether it may be null.
 *
 * The compiler keeps authors from calling a method that the type has not; who writes plain JavaScript is told here. A
 * mistake is not thrown where it is made: the handle carries it, through further calls, to the verb, which knows the
 * name of the output column and can say it ("at select → ITEM_ID").
 */
export class Handle {
  readonly expr: Expr
  readonly type: FieldType
  readonly nullable: boolean
  readonly mistake: FletchingError | undefined

  constructor(expr: Expr, type: FieldType, nullable: boolean, mistake?: FletchingError) {
    this.expr = expr
    this.type = type
    this.nullable = nullable
    this.mistake = mistake
    Object.freeze(this)
  }

  isNull(): Handle {
    return derive([this], () => new Handle(freeze({ op: 'isNull', input: this.expr }), BOOL, false))
  }

  isNotNull(): Handle {
    return derive([this], () => new Handle(freeze({ op: 'isNotNull', input: this.expr }), BOOL, false))
  }

  cast(declared: unknown, options: { readonly onFailure?: OnFailure } = {}): Handle {
    return derive([this], () => {
      if (!(declared instanceof Declared)) {
        throw authorError('NOT_A_TYPE', `cast got ${describe(declared)} where a type is wanted`, {
          help: castHelp(declared),
        })
      }
      return castTo(this, declared.type, options.onFailure ?? 'error')
    })
  }

  eq(other: unknown): Handle {
    return compare('eq', this, other)
  }

  ne(other: unknown): Handle {
    return compare('ne', this, other)
  }

  lt(other: unknown): Handle {
    return compare('lt', this, other)
  }

  le(other: unknown): Handle {
    return compare('le', this, other)
  }

  gt(other: unknown): Handle {
    return compare('gt', this, other)
  }

  ge(other: unknown): Handle {
    return compare('ge', this, other)
  }

  eqNullSafe(other: unknown): Handle {
    return compare('eqNullSafe', this, other)
  }

  isIn(values: unknown): Handle {
    return derive([this], () => {
      wantScalar('isIn', this)
      if (!Array.isArray(values)) {
        throw authorError('TYPE_MISMATCH', `isIn got ${describe(values)} where a list of values is wanted`, {
          help: "expected a list, as in isIn(['Product Added', 'Product Clicked'])",
        })
      }
      const literals = values.map((value) => {
        const literal = literalFor(value, this.type, formatExpr(this.expr)).value
        if (literal !== null) return literal
        throw authorError('TYPE_MISMATCH', 'isIn got null among its values, which is equal to nothing', {
          help: 'leave it out, and add .or(col(…).isNull()) where rows without a value are wanted',
        })
      })
      return new Handle(freeze({ op: 'isIn', input: this.expr, values: literals }), BOOL, this.nullable)
    })
  }

  fillNull(other: unknown): Handle {
    const filler = operand('fillNull', this, other)
    return derive([this, filler], () => {
      wantScalar('fillNull', this)
      wantSameType('fillNull', this, filler)
      return call('coalesce', [this, filler], computed(this.type), this.nullable && filler.nullable)
    })
  }

  length(): Handle {
    return this.#textCall('length', INT32)
  }

  lower(): Handle {
    return this.#textCall('lower', TEXT)
  }

  upper(): Handle {
    return this.#textCall('upper', TEXT)
  }

  trim(): Handle {
    return this.#textCall('trim', TEXT)
  }

  startsWith(prefix: unknown): Handle {
    return this.#textTest('startsWith', prefix)
  }

  contains(part: unknown): Handle {
    return this.#textTest('contains', part)
  }

  parseTimestamp(): Handle {
    return derive([this], () => {
      wantKind('parseTimestamp', this, ['text'])
      return call('parseTimestamp', [this], TIMESTAMP, true)
    })
  }

  epochSeconds(): Handle {
    return derive([this], () => {
      wantKind('epochSeconds', this, ['timestamp'])
      return call('epochSeconds', [this], INT64, this.nullable)
    })
  }

  fromEpochSeconds(): Handle {
    return derive([this], () => {
      wantKind('fromEpochSeconds', this, ['int64', 'int32'])
      return call('fromEpochSeconds', [castTo(this, INT64, 'error')], TIMESTAMP, this.nullable)
    })
  }

  mapValues(texts: unknown): Handle {
    return derive([this], () => {
      wantKind('mapValues', this, ['text'])
      const entries = Object.entries<unknown>(isObject(texts) ? texts : {})
      if (entries.length === 0 || !entries.every(([, to]) => typeof to === 'string')) {
        throw authorError('TYPE_MISMATCH', `mapValues got ${describe(texts)} where texts for texts are wanted`, {
          help: "expected an object of texts, as in mapValues({ 'Viewed Product': 'Product Viewed' })",
        })
      }
      const from = entries.map(([text]) => text)
      const to = entries.map(([, text]) => String(text))
      return new Handle(freeze({ op: 'mapValues', input: this.expr, from, to }), TEXT, this.nullable)
    })
  }

  times(other: unknown): Handle {
    const factor = operand('times', this, other)
    return derive([this, factor], () => {
      wantKind('times', this, ['float64'])
      wantSameType('times', this, factor)
      return call('times', [this, factor], FLOAT64, this.nullable || factor.nullable)
    })
  }

  date(): Handle {
    return derive([this], () => {
      wantKind('date', this, ['timestamp'])
      return call('date', [this], DATE, this.nullable)
    })
  }

  and(other: unknown): Handle {
    return logic('and', this, other)
  }

  or(other: unknown): Handle {
    return logic('or', this, other)
  }

  not(): Handle {
    return derive([this], () => {
      wantKind('not', this, ['bool'])
      return new Handle(freeze({ op: 'not', input: this.expr }), BOOL, this.nullable)
    })
  }

  field(name: string): Handle {
    return derive([this], () => {
      wantKind('field', this, ['struct'])
      const fields = this.type.kind === 'struct' ? this.type.fields : []
      const field = fields.find((one) => one.name === name)
      if (field === undefined) {
        throw authorError('UNKNOWN_COLUMN', `no field "${name}" in ${formatExpr(this.expr)}`, {
          help: `it has: ${fields.map((one) => formatPath([one.name])).join(', ')}`,
        })
      }
      const expr: Expr =
        this.expr.op === 'column'
          ? freeze({ op: 'column', path: Object.freeze([...this.expr.path, name]), type: field.type })
          : freeze({ op: 'field', input: this.expr, name })
      return new Handle(expr, field.type, this.nullable || !field.required)
    })
  }

  #textCall(name: CallName, type: FieldType): Handle {
    return derive([this], () => {
      wantKind(name, this, ['text'])
      return call(name, [this], type, this.nullable)
    })
  }

  #textTest(name: CallName, other: unknown): Handle {
    const part = operand(name, this, other)
    return derive([this, part], () => {
      wantKind(name, this, ['text'])
      wantSameType(name, this, part)
      return call(name, [this, part], BOOL, this.nullable || part.nullable)
    })
  }
}

/** A handle made from others. The first mistake among them, or one made here, goes on instead. */
export function derive(inputs: readonly Handle[], make: () => Handle): Handle {
  for (const input of inputs) if (input.mistake !== undefined) return input
  try {
    return make()
  } catch (error) {
    if (error instanceof FletchingError) return mistaken(error)
    throw error
  }
}

/** A handle that only carries a mistake. */
export function mistaken(mistake: FletchingError): Handle {
  return new Handle(freeze({ op: 'literal', value: null, type: TEXT }), TEXT, true, mistake)
}

/**
 * What an author's callback returned, as a handle without a mistake.
 *
 * - Errors: the mistake that the handle carries, with `place`; NOT_A_COLUMN (author) for anything else than a handle.
 */
export function settle(value: unknown, place: string): Handle {
  if (!(value instanceof Handle)) {
    throw authorError('NOT_A_COLUMN', `expected a column, got ${describe(value)}`, {
      at: place,
      help: "a column is made with col('path'), a constant with lit(value)",
    })
  }
  if (value.mistake !== undefined) throw addPlace(value.mistake, place)
  return value
}

/** The other side of an operation: a handle as it is, a value as a literal of the same type. */
function operand(what: string, column: Handle, other: unknown): Handle {
  if (other instanceof Handle) return other
  return derive([column], () => {
    wantScalar(what, column)
    if (other === null && what !== 'eqNullSafe') {
      throw authorError('TYPE_MISMATCH', `${what} got null, so it has no value in any row`, {
        help: 'ask with .isNull() or .isNotNull(), or take null for a value with .eqNullSafe(null)',
      })
    }
    const type = computed(column.type)
    return new Handle(literalFor(other, type, formatExpr(column.expr)), type, other === null)
  })
}

export function call(name: CallName, args: readonly Handle[], type: FieldType, nullable: boolean): Handle {
  return new Handle(freeze({ op: 'call', name, args: args.map((arg) => arg.expr) }), type, nullable)
}

export function castTo(column: Handle, type: FieldType, onFailure: OnFailure): Handle {
  if (sameType(column.type, type)) return column
  if (!isScalar(column.type) || !isScalar(type)) {
    throw authorError(
      'TYPE_MISMATCH',
      `${formatExpr(column.expr)} is ${column.type.kind} and cannot be cast to ${formatType(type)}`,
      {
        help: 'casts lead from text, numbers, bool, timestamp and date to one another',
      },
    )
  }
  const target = computed(type)
  return new Handle(
    freeze({ op: 'cast', input: column.expr, type: target, onFailure }),
    target,
    column.nullable || onFailure === 'null',
  )
}

function compare(operator: CompareOperator, left: Handle, other: unknown): Handle {
  const right = operand(operator, left, other)
  return derive([left, right], () => {
    wantScalar(operator, left)
    wantSameType(operator, left, right)
    const nullable = operator !== 'eqNullSafe' && (left.nullable || right.nullable)
    return new Handle(freeze({ op: 'compare', operator, left: left.expr, right: right.expr }), BOOL, nullable)
  })
}

function logic(op: 'and' | 'or', left: Handle, other: unknown): Handle {
  const right =
    other instanceof Handle
      ? other
      : mistaken(
          authorError('NOT_A_COLUMN', `${op} got ${describe(other)} where a column is wanted`, {
            help: "expected another predicate, as in col('sku').isNotNull()",
          }),
        )
  return derive([left, right], () => {
    wantKind(op, left, ['bool'])
    wantKind(op, right, ['bool'])
    const inputs = [left.expr, right.expr].flatMap((expr) => (expr.op === op ? expr.inputs : [expr]))
    return new Handle(freeze({ op, inputs }), BOOL, left.nullable || right.nullable)
  })
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

/** Those who come from Glue name types by texts, as in PySpark's `cast('double')`. */
function castHelp(declared: unknown): string {
  const type = glueType(String(declared)) ?? Object.values(glueTypes).find(({ kind }) => kind === declared)
  return type === undefined
    ? 'expected a call such as int64() or timestamp()'
    : `write cast(${type.kind}()), with ${type.kind} of @fletching/job`
}
