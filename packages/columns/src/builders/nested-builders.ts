import { type Data, type Field, List, makeData, Struct } from 'apache-arrow'
import type { ColumnBuilder } from './builder.ts'
import { type RowValidity, Validity } from './validity.ts'

/** Structs. The caller appends one value, or a null, to every child before `append`. */
export class StructBuilder implements ColumnBuilder<Struct> {
  readonly type: Struct
  readonly children: readonly ColumnBuilder[]
  readonly #validity = new Validity()

  constructor(fields: readonly Field[], children: readonly ColumnBuilder[]) {
    this.type = new Struct([...fields])
    this.children = children
  }

  get length(): number {
    return this.#validity.length
  }

  append(): void {
    this.#validity.appendValid()
  }

  appendNull(): void {
    for (const child of this.children) child.appendNull()
    this.#validity.appendNull()
  }

  /** Appends rows whose children have been appended. */
  appendRows(rows: number, validity: RowValidity | undefined): void {
    this.#validity.append(rows, validity)
  }

  finish(): Data<Struct> {
    const { length, nullCount, nullBitmap } = this.#validity.finish()
    const children = this.children.map((child) => child.finish())
    return makeData({ type: this.type, length, nullCount, nullBitmap, children })
  }
}

/** Lists. The caller appends the items to `item`, then ends the list with `append`. */
export class ListBuilder implements ColumnBuilder<List> {
  readonly type: List
  readonly item: ColumnBuilder
  readonly #validity = new Validity()
  #offsets = new Int32Array(1025)

  constructor(field: Field, item: ColumnBuilder) {
    this.type = new List(field)
    this.item = item
  }

  get length(): number {
    return this.#validity.length
  }

  append(): void {
    this.#validity.appendValid()
    this.#end()
  }

  appendNull(): void {
    this.#validity.appendNull()
    this.#end()
  }

  /** Appends rows whose items have been appended: where those of each end, counted from the first and behind a zero. */
  appendLists(rows: number, ends: Int32Array, validity: RowValidity | undefined): void {
    const row = this.#validity.length
    if (row + rows + 1 > this.#offsets.length) this.#grow(row + rows + 1)
    const offsets = this.#offsets
    const before = offsets[row]
    for (let i = 1; i <= rows; i++) offsets[row + i] = before + ends[i]
    this.#validity.append(rows, validity)
  }

  finish(): Data<List> {
    const { length, nullCount, nullBitmap } = this.#validity.finish()
    const valueOffsets = this.#offsets.slice(0, length + 1)
    return makeData({ type: this.type, length, nullCount, nullBitmap, valueOffsets, child: this.item.finish() })
  }

  #end(): void {
    const { length } = this.#validity
    if (length + 1 > this.#offsets.length) this.#grow(length + 1)
    this.#offsets[length] = this.item.length
  }

  #grow(length: number): void {
    const grown = new Int32Array(Math.max(this.#offsets.length * 2, length))
    grown.set(this.#offsets)
    this.#offsets = grown
  }
}
