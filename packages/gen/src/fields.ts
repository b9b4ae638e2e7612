import { type JsonStyle, quote } from './json-text.ts'
import type { Random } from './random.ts'

/** The text of a JSON value, or an object still open to changes. */
export type FieldValue = string | Fields

/**
 * An object on its way to JSON: names and values in order, so that a trap can change one of them, or put the same name
 * in twice. Names are JSON text without quotes; values are JSON text, as they will be written.
 */
export class Fields {
  private readonly names: string[] = []
  private readonly values: FieldValue[] = []

  add(name: string, value: FieldValue): this {
    this.names.push(name)
    this.values.push(value)
    return this
  }

  addText(name: string, text: string, style: JsonStyle): this {
    return this.add(name, quote(text, style))
  }

  addFirst(name: string, value: FieldValue): this {
    this.names.unshift(name)
    this.values.unshift(value)
    return this
  }

  get(name: string): FieldValue | undefined {
    return this.values[this.names.indexOf(name)]
  }

  set(name: string, value: FieldValue): this {
    const index = this.names.indexOf(name)
    if (index < 0) return this.add(name, value)
    this.values[index] = value
    return this
  }

  rename(name: string, changed: string): this {
    const index = this.names.indexOf(name)
    if (index >= 0) this.names[index] = changed
    return this
  }

  remove(name: string): this {
    const index = this.names.indexOf(name)
    if (index >= 0) {
      this.names.splice(index, 1)
      this.values.splice(index, 1)
    }
    return this
  }

  /** Puts the fields into a random order. */
  shuffle(random: Random): this {
    for (let last = this.names.length - 1; last > 0; last--) this.swap(last, random.below(last + 1))
    return this
  }

  /** Puts the fields into the order of their names. */
  sort(): this {
    const { names } = this
    for (let end = 1; end < names.length; end++) {
      for (let index = end; index > 0 && names[index] < names[index - 1]; index--) this.swap(index, index - 1)
    }
    return this
  }

  format(style: JsonStyle): string {
    const { names, values } = this
    let text = '{'
    for (let index = 0; index < names.length; index++) {
      const value = values[index]
      if (index > 0) text += style.comma
      text += `"${names[index]}"${style.colon}${typeof value === 'string' ? value : value.format(style)}`
    }
    return `${text}}`
  }

  private swap(left: number, right: number): void {
    const { names, values } = this
    const name = names[left]
    const value = values[left]
    names[left] = names[right]
    values[left] = values[right]
    names[right] = name
    values[right] = value
  }
}
