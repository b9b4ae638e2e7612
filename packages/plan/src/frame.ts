import { formatPath, type Path } from '@fletching/columns'
import { addPlace, authorError, internal } from '@fletching/columns/errors'
import { type FittingMappings, flatName, type Mapped, type MappingOptions, mappedColumns } from './apply-mapping.ts'
import type { Column, ColumnOf } from './column.ts'
import { freeze } from './expr.ts'
import { typed } from './functions.ts'
import { derive, Handle, settle } from './handle.ts'
import { describe } from './literal.ts'
import {
  fieldsOf,
  type LastRow,
  type LogicalPlan,
  type NullKeys,
  ownerOf,
  type ProjectedColumn,
  type ProjectNode,
  reasonFor,
} from './logical.ts'
import type {
  AsColumns,
  Exploded,
  Flat,
  KnownPaths,
  Paths,
  Quoted,
  TypeAt,
  WithoutFields,
  WithoutNulls,
} from './path-types.ts'
import { omitField, resolve } from './resolve.ts'
import { wantKind, wantScalar } from './type-check.ts'
import type { BoolType, ColumnTypes, Field, FieldType, LiteralOf, NullOf } from './types.ts'

/** Names a column of the frame by its path. */
export type Col<C extends ColumnTypes> = <const P extends keyof Paths<C> & string>(
  path: P,
) => ColumnOf<Extract<TypeAt<C, P>, FieldType> | NullOf<TypeAt<C, P>>>

/** New columns by name. */
export type Selection = Readonly<Record<string, Column<FieldType | null>>>

/** The columns that a selection makes. */
export type Selected<S extends Selection> = { readonly [K in keyof S]: S[K] extends Column<infer T> ? T : never } & {}

declare const rowsOf: unique symbol

/** Rows with the columns `C`: what a sink writes. */
export interface Rows<C> {
  readonly plan: LogicalPlan
  readonly [rowsOf]: C
}

/**
 * The author's handle on a lazy table. A verb reads nothing: it gives a frame with one more node in its plan.
 *
 * The compiler knows the columns, their types, and which may be null; who writes plain JavaScript gets the same checks
 * when the job is built.
 */
export class Frame<C extends ColumnTypes> implements Rows<C> {
  readonly plan: LogicalPlan
  declare readonly [rowsOf]: C

  constructor(plan: LogicalPlan) {
    this.plan = plan
    Object.freeze(this)
  }

  /** The columns, in order. */
  get fields(): readonly Field[] {
    return fieldsOf(this.plan)
  }

  /**
   * Keeps the rows for which the predicate is true.
   *
   * - Nulls: a null predicate drops the row.
   * - Order: filters apply in the order in which they are written; a row counts under the first that drops it.
   */
  filter(predicate: (col: Col<C>) => Column<BoolType | null>, options: FilterOptions = {}): Frame<C> {
    const column = settle(predicate(this.#col()), 'filter')
    placed('filter', () => wantKind('filter', column, ['bool']))
    return new Frame(filterNode(this.plan, column, options.reason))
  }

  /**
   * Drops the rows that have no value at one of the paths. In what follows these columns are never null.
   *
   * - Order: one filter for each path, in order; a row counts under the first, as "userId missing".
   */
  dropNulls<const P extends keyof Paths<C> & string>(...paths: readonly P[]): Frame<AsColumns<WithoutNulls<C, P>>> {
    const col = this.#col()
    const plan = paths.reduce<LogicalPlan>((input, path) => {
      const column = settle(col(path), 'dropNulls')
      return filterNode(input, typed<Handle>(column).isNotNull(), undefined)
    }, this.plan)
    return new Frame(plan)
  }

  /**
   * Keeps, of the rows that are equal at all of the paths, the first, or the last.
   *
   * - Nulls: equal to each other, as in PySpark; with `nulls: 'distinct'`, a row without a value at one of the paths is equal to no other.
   * - Order: the first in the order of the input, or with `keep: 'last'` the last, and with `by` the one with the greatest value at that path, the
   *   last in the input of those with the same; a null is less than any value. What stays keeps its place in the order of the input. Only rows that come in here count: a filter that stands before it has dropped its rows, one
   *   that stands behind it looks at what is left. A line that is to be set aside repeats none and is repeated by none.
   * - Memory: when the job runs, the keys of all rows that are left, in a file beyond a bound; with `keep: 'last'` all rows wait in a file, since
   *   each may be followed by a later one.
   * - Errors: NO_COLUMNS (author) without a path; TYPE_MISMATCH for a struct, a list or JSON, or where `by` is neither a moment, a day nor a number.
   * - Source: PySpark `dropDuplicates`, which keeps any of the rows; pandas `drop_duplicates` for `keep`.
   *
   * @example
   * ```ts
   * const messages = scanNdjson('in/', schema('messages', { messageId: id() })).dropDuplicates(['messageId'], { keep: 'first' })
   * assert.equal(messages.plan.node, 'dropDuplicates')
   * ```
   */
  dropDuplicates<const P extends readonly string[]>(
    paths: P & KnownPaths<C, P>,
    options: DropDuplicatesOptions<keyof Paths<C> & string> = {},
  ): Frame<C> {
    const { keep = 'first', nulls = 'equal', by } = options
    const node = placed('dropDuplicates', () => {
      if (!Array.isArray(paths) || paths.length === 0) {
        throw authorError('NO_COLUMNS', 'no column is named to tell rows apart by', {
          help: "expected a list of paths, as in dropDuplicates(['messageId'])",
        })
      }
      assertChoice('keep', keep, ['first', 'last'])
      if (keep === 'first' && by !== undefined) {
        throw authorError('BAD_OPTION', 'by got a column, but the first row is kept by the order of the input', {
          help: "with keep: 'last' the row with the greatest value stays",
        })
      }
      assertChoice('nulls', nulls, ['equal', 'distinct'])
      const keys = paths.map((path) => {
        const key = this.#at(path)
        wantScalar('dropDuplicates', key)
        return key.expr
      })
      const last = keep === 'last' ? { last: this.#lastBy(by) } : {}
      return { node: 'dropDuplicates' as const, input: this.plan, keys: Object.freeze(keys), nulls, ...last }
    })
    return new Frame(Object.freeze(node))
  }

  /**
   * Makes a row of each item of a list. The list's column gives way to `as`, which holds the item; all other columns are repeated.
   *
   * - Shape: a row whose list is null or empty makes none, and its line is filtered; with `outer` it makes one, without an item.
   * - Nulls: an item that is null makes a row like any other.
   * - Order: that of the items. `position` names a column for the place in the list, from 0; with `outer` it may be null.
   * - Errors: TYPE_MISMATCH (author) for what is no list; DUPLICATE_COLUMN for a name that is taken.
   * - Source: PySpark `explode`, `explode_outer`, `posexplode`, `posexplode_outer`, which keep the list's column.
   *
   * @example
   * ```ts
   * const orders = schema('orders', { orderId: id(), products: list(struct({ sku: id() })) })
   * const lines = scanNdjson('in/', orders).explode('products', { as: 'product', position: 'line' })
   * assert.deepEqual(lines.fields.map((field) => field.name), ['orderId', 'product', 'line'])
   * ```
   */
  explode<
    const P extends keyof Paths<C> & string,
    const As extends string,
    const Outer extends boolean = false,
    const Position extends string = never,
  >(path: P, options: ExplodeOptions<As, Outer, Position>): Frame<AsColumns<Exploded<C, P, As, Outer, Position>>> {
    const node = placed('explode', () => {
      assertNamesItem(path, options)
      const { as, outer = false, position, reason = `${path} empty` } = options
      const { expr, type } = this.#at(path)
      wantKind('explode', { expr, type }, ['list'])
      if (expr.op !== 'column' || type.kind !== 'list') throw internal('a path led to something that is no column')
      const names = [as, ...(position === undefined ? [] : [position])].map(flatName)
      const node = {
        node: 'explode' as const,
        input: this.plan,
        list: expr,
        as,
        item: type.item,
        position,
        outer,
        reason,
      }
      assertNamedOnce(
        fieldsOf(node).map(({ name }) => name),
        names,
      )
      return node
    })
    return new Frame(Object.freeze(node))
  }

  /** Makes rows of the columns that the callback returns, in their order. */
  select<S extends Selection>(columns: (col: Col<C>) => S): Frame<Selected<S>> {
    return new Frame(this.#project('select', this.#selected('select', columns)))
  }

  /** Adds columns at the end; one that exists is replaced where it stands. Each sees the columns as they were before. */
  withColumns<S extends Selection>(columns: (col: Col<C>) => S): Frame<Flat<Omit<C, keyof S> & Selected<S>>> {
    const added = this.#selected('withColumns', columns)
    const replaced = this.#all().map((old) => added.find((one) => one.name === old.name) ?? old)
    const fresh = added.filter((one) => !replaced.includes(one))
    return new Frame(this.#project('withColumns', [...replaced, ...fresh]))
  }

  /** Keeps the named columns, in the order in which they are named. Fields of structs are reached with `select`. */
  selectFields<const N extends keyof C & string>(...names: readonly Quoted<N>[]): Frame<Flat<Pick<C, N>>> {
    const kept = names.map((name) => this.#topLevel('selectFields', name))
    return new Frame(this.#project('selectFields', kept))
  }

  /** Leaves out the columns, or the fields of structs, at the paths. */
  dropFields<const P extends keyof Paths<C> & string>(
    ...paths: readonly P[]
  ): Frame<AsColumns<Flat<WithoutFields<C, P>>>> {
    let fields = this.fields
    for (const path of paths) {
      const { path: names } = placed('dropFields', () => resolve(path, fields, ownerOf(this.plan)))
      fields = omitField(fields, names)
    }
    return new Frame(this.#project('dropFields', fields.map(columnOfField)))
  }

  /** Gives a column another name, at the same place among the others. */
  renameField<const From extends keyof C & string, const To extends string>(
    from: Quoted<From>,
    to: To,
  ): Frame<{ readonly [K in keyof C as K extends From ? To : K]: C[K] }> {
    const source = this.#topLevel('renameField', from)
    const name = placed('renameField', () => flatName(to))
    const columns = this.#all().map((column) => (column.name === source.name ? { ...column, name } : column))
    return new Frame(this.#project('renameField', columns))
  }

  /** Puts a value where a column has none. In what follows these columns are never null. */
  fillNull<const F extends { readonly [K in keyof C]?: LiteralOf<C[K]> }>(
    values: F,
  ): Frame<{ readonly [K in keyof C]: K extends keyof F ? Exclude<C[K], null> : C[K] }> {
    const given = Object.entries(values)
    const filled = new Map(
      given.map(([name, value]) => {
        const column = this.#topLevel('fillNull', formatPath([name]))
        return [name, settle(handleOf(column).fillNull(value), `fillNull → ${name}`)]
      }),
    )
    const columns = this.#all().map((column) => projected(column.name, filled.get(column.name) ?? handleOf(column)))
    return new Frame(this.#project('fillNull', columns))
  }

  /**
   * Makes rows of the mapped columns, in the order of the mappings; columns that none names are dropped.
   *
   * - Errors: see `Mapping`. A declared source type that is not the column's is an error, where Glue empties the column.
   * - Source: AWS Glue `ApplyMapping`.
   *
   * @example
   * ```ts
   * const items = scanNdjson('in/', schema('events', { sku: id() })).applyMapping([['sku', 'string', 'ITEM_ID', 'string']])
   * assert.deepEqual(items.fields.map((field) => field.name), ['ITEM_ID'])
   * ```
   */
  applyMapping<const M extends readonly (readonly string[])[], const F extends MappingOptions = MappingOptions>(
    mappings: M & FittingMappings<C, M>,
    options?: F,
  ): Frame<AsColumns<Mapped<C, M, F>>> {
    const columns = mappedColumns(mappings, this.fields, ownerOf(this.plan), options ?? {})
    return new Frame(this.#project('applyMapping', columns))
  }

  #col(): Col<C> {
    const { fields } = this
    const owner = ownerOf(this.plan)
    return (path) =>
      typed(
        derive([], () => {
          const found = resolve(path, fields, owner)
          return columnAt(found.path, found.type, found.nullable)
        }),
      )
  }

  #at(path: string): Handle {
    const found = resolve(path, this.fields, ownerOf(this.plan))
    return columnAt(found.path, found.type, found.nullable)
  }

  #lastBy(path: string | undefined): LastRow {
    if (path === undefined) return Object.freeze({})
    const by = this.#at(path)
    wantKind('dropDuplicates by', by, ['timestamp', 'date', 'int32', 'int64', 'float64'])
    return Object.freeze({ by: by.expr })
  }

  #selected(verb: string, columns: (col: Col<C>) => Selection): ProjectedColumn[] {
    const selection = columns(this.#col())
    if (typeof selection !== 'object' || selection === null) {
      throw authorError('NOT_A_COLUMN', `the callback returned ${String(selection)}`, {
        at: verb,
        help: "expected an object of columns: (col) => ({ USER_ID: col('userId') })",
      })
    }
    return Object.entries(selection).map(([name, column]) => projected(name, settle(column, `${verb} → ${name}`)))
  }

  #all(): ProjectedColumn[] {
    return this.fields.map(columnOfField)
  }

  #topLevel(verb: string, text: string): ProjectedColumn {
    const found = placed(verb, () => resolve(text, this.fields, ownerOf(this.plan)))
    if (found.path.length > 1) {
      throw authorError('NOT_SUPPORTED_YET', `"${text}" is a field of a struct`, {
        at: verb,
        help: `take it out with select: (col) => ({ ${found.path.at(-1)}: col('${text}') })`,
      })
    }
    return projected(found.path[0], columnAt(found.path, found.type, found.nullable))
  }

  #project(verb: string, columns: readonly ProjectedColumn[]): ProjectNode {
    const names = columns.map((column) => column.name)
    const twice = names.find((name, index) => names.indexOf(name) !== index)
    if (twice !== undefined) {
      throw authorError('DUPLICATE_COLUMN', `two columns are called "${twice}"`, {
        at: verb,
        help: 'give one of them another name',
      })
    }
    if (names.length === 0) {
      throw authorError('NO_COLUMNS', 'no column is left', { at: verb, help: 'keep at least one column' })
    }
    return Object.freeze({
      node: 'project',
      verb,
      input: this.plan,
      columns: Object.freeze(columns.map(Object.freeze)) as readonly ProjectedColumn[],
    })
  }
}

export interface FilterOptions {
  /** The word under which the report counts the rows that are dropped here; made from the predicate by default. */
  readonly reason?: string
}

export interface ExplodeOptions<As extends string, Outer extends boolean, Position extends string> {
  /** The name of the column that holds the item. */
  readonly as: As
  /** Whether a row with a null or an empty list stays, without an item; false by default. */
  readonly outer?: Outer
  /** The name of a column for the item's place in the list, from 0. */
  readonly position?: Position
  /** The word under which the report counts the lines that have no item; "<path> empty" by default. */
  readonly reason?: string
}

export interface DropDuplicatesOptions<P extends string = string> {
  /** The row that stays of those that are equal; `first` by default. */
  readonly keep?: 'first' | 'last'
  /** With `keep: 'last'`, the path whose greatest value tells the last row; by default it is the last in the order of the input. */
  readonly by?: P
  /** `equal` by default. */
  readonly nulls?: NullKeys
}

/** An author in plain JavaScript has no compiler to say so. */
function assertChoice(name: string, value: string, choices: readonly string[]): void {
  if (choices.includes(value)) return
  throw authorError('BAD_OPTION', `${name} got "${String(value)}"`, {
    help: `expected ${choices.map((choice) => `'${choice}'`).join(' or ')}`,
  })
}

/** Nor is there one to say that an item needs a name. */
function assertNamesItem(path: string, options: { readonly as: unknown } | undefined): void {
  if (typeof options?.as === 'string') return
  throw authorError('BAD_OPTION', `as got ${describe(options?.as)} where the name of a column is wanted`, {
    help: `expected explode('${path}', { as: 'item' })`,
  })
}

/** - `made`: names among those of all columns. */
function assertNamedOnce(names: readonly string[], made: readonly string[]): void {
  const twice = made.find((name) => names.indexOf(name) !== names.lastIndexOf(name))
  if (twice === undefined) return
  throw authorError('DUPLICATE_COLUMN', `two columns are called "${twice}"`, { help: 'give the new one another name' })
}

function filterNode(input: LogicalPlan, column: Handle, reason: string | undefined): LogicalPlan {
  return Object.freeze({ node: 'filter', input, predicate: column.expr, reason: reason ?? reasonFor(column.expr) })
}

function columnAt(path: Path, type: FieldType, nullable: boolean): Handle {
  return new Handle(freeze({ op: 'column', path, type }), type, nullable)
}

function columnOfField(field: Field): ProjectedColumn {
  return projected(field.name, columnAt([field.name], field.type, !field.required))
}

function projected(name: string, { expr, type, nullable }: Handle): ProjectedColumn {
  return Object.freeze({ name, expr, type, nullable })
}

function handleOf({ expr, type, nullable }: ProjectedColumn): Handle {
  return new Handle(expr, type, nullable)
}

function placed<T>(place: string, make: () => T): T {
  try {
    return make()
  } catch (error) {
    throw addPlace(error, place)
  }
}
