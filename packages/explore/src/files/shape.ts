import { isObject } from './json-value.ts'

export type Kind = 'text' | 'integer' | 'number' | 'boolean' | 'object' | 'list'

/** What stood at one place of many values: how often, of which kinds, and what lay below. */
export class Shape {
  readonly kinds = new Set<Kind>()
  readonly members = new Map<string, Shape>()
  /** Of the elements of its lists. */
  element: Shape | undefined
  /** Values that are not null. */
  values = 0

  /** Adds a value as JSON has it; null adds nothing. */
  add(value: unknown): void {
    if (value === null || value === undefined) return
    this.addKind(kindOf(value))
    if (Array.isArray(value)) {
      this.element ??= new Shape()
      for (const element of value) this.element.add(element)
    } else if (isObject(value)) {
      for (const [name, member] of Object.entries(value)) this.member(name).add(member)
    }
  }

  addKind(kind: Kind): void {
    this.kinds.add(kind)
    this.values++
  }

  member(name: string): Shape {
    let member = this.members.get(name)
    if (member === undefined) {
      member = new Shape()
      this.members.set(name, member)
    }
    return member
  }
}

function kindOf(value: NonNullable<unknown>): Kind {
  switch (typeof value) {
    case 'string':
      return 'text'
    case 'boolean':
      return 'boolean'
    case 'number':
      return Number.isInteger(value) && Math.abs(value) < INTEGER_LIMIT ? 'integer' : 'number'
    default:
      return Array.isArray(value) ? 'list' : 'object'
  }
}

/** The kind of a field of a CSV. Zeros in front are an id's, not a number's. */
export function kindOfField(text: string): Kind {
  if (/^-?(0|[1-9]\d{0,17})$/.test(text)) return 'integer'
  if (/^-?(0|[1-9]\d{0,300})(\.\d+)?([eE][+-]?\d{1,2})?$/.test(text)) return 'number'
  return text === 'true' || text === 'false' ? 'boolean' : 'text'
}

/** 64 bits hold every whole number below it. */
const INTEGER_LIMIT = 2 ** 63
