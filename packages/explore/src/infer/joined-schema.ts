import { formatPath } from '@fletching/columns'
import { type Contract, type Field, type FieldType, JSON_TEXT, keyOf, type Schema } from '@fletching/plan'
import { columnNames } from './column-names.ts'
import { type FieldEvidence, kindsSeen, typeName } from './evidence.ts'
import type { FieldNode } from './field-node.ts'
import { type JoinedType, joinedType, kindsOf } from './joined-type.ts'
import { kinds, type Place } from './kinds.ts'

/** What became of a schema: by itself, or joined to one that was there before. */
export interface JoinedSchema {
  readonly schema: Schema
  /** Parents first; of a column that became JSON text, nothing that lies below. */
  readonly evidence: readonly FieldEvidence[]
  /** How it differs from the one that was there. */
  readonly changes: readonly SchemaChange[]
  /** What the contract `freeze` forbids; the schema is as it would be without. */
  readonly frozen: readonly FrozenChange[]
}

/** Something new has no `was`. */
export interface SchemaChange {
  readonly column: string
  readonly was: string | undefined
  readonly is: string
}

export interface FrozenChange extends SchemaChange {
  readonly first: Place
}

/**
 * The schema of the events in a tree, as an addition to another one if there is one: its fields keep their names and their places, their
 * contracts say whether they may change, and no type loses a value that it could hold.
 */
export function joinedSchema(root: FieldNode, name: string, old?: Schema): JoinedSchema {
  const joiner = new Joiner()
  const fields = joiner.fields(root, { path: '', column: '' }, old?.fields, 'evolve')
  const { evidence, changes, frozen } = joiner
  return { schema: { name: old?.name ?? name, fields }, evidence, changes, frozen }
}

/** A place in the events by its keys, and in the schema by its names. */
interface At {
  readonly path: string
  readonly column: string | null
}

class Joiner {
  readonly evidence: FieldEvidence[] = []
  readonly changes: SchemaChange[] = []
  readonly frozen: FrozenChange[] = []

  /** The fields of the objects at a node: those that are there, then what is new and has a value. */
  fields(node: FieldNode, at: At, old: readonly Field[] | undefined, contract: Contract): readonly Field[] {
    const known = (old ?? []).map((field) => this.#knownField(field, node, at))
    const keys = new Set(old?.map(keyOf))
    const found = [...node.members.values()].filter(({ key, present }) => present > 0 && !keys.has(key))
    const valued = found.filter((member) => member.kinds.size > 0)
    const isOpen = contract === 'evolve' || contract === 'freeze'
    const names = columnNames(
      isOpen ? valued.map(({ key }) => key) : [],
      old?.map(({ name }) => name),
    )
    const added: Field[] = []
    for (const member of found) {
      const name = names[valued.indexOf(member)] as string | undefined
      const place = below(at, member.key, name)
      if (name === undefined) {
        const why = member.kinds.size === 0 ? 'never a value' : `no new field under ${contract}`
        this.#tell(member, node, place, () => ({ type: undefined, why }))
        continue
      }
      const type = this.#tell(member, node, place, () => this.#newType(member, place)) as FieldType
      added.push({ name, type, required: false, ...(member.key === name ? {} : { key: member.key }) })
      if (old !== undefined)
        this.#change(contract, { column: `${place.column}`, was: undefined, is: typeName(type) }, firstOf(member))
    }
    return added.length === 0 && old !== undefined && known.every((field, n) => field === old[n])
      ? old
      : [...known, ...added]
  }

  #knownField(field: Field, parent: FieldNode, at: At): Field {
    const member = parent.members.get(keyOf(field))
    if (member === undefined || member.present === 0) return field
    const place = below(at, member.key, field.name)
    const { contract = 'evolve' } = field
    const type = this.#tell(member, parent, place, () => this.#widened(member, field.type, place, contract))
    return type === field.type ? field : { ...field, type: type as FieldType }
  }

  /** Adds the evidence of a node before that of what lies below it. */
  #tell(node: FieldNode, parent: FieldNode, { path, column }: At, decide: () => Decided): FieldType | undefined {
    const at = this.evidence.length
    const { present, nulls } = node
    const missing = parent.item === node ? 0 : parent.count('object') - present
    const seen = { path, column, present, null: nulls, missing, kinds: kindsSeen(node) }
    this.evidence.push({ ...seen, type: null, why: '' })
    const { type, why } = decide()
    this.evidence[at] = { ...seen, type: type === undefined ? null : typeName(type), why }
    return type
  }

  /** The type of values of which nothing was known. */
  #newType(node: FieldNode, at: At): Decided {
    if (node.kinds.size === 0) return { type: undefined, why: 'never a value' }
    const { type, why } = joinedType(node.kinds)
    if (type !== 'struct' && type !== 'list') return { type, why }
    if (node.opaque !== undefined) return { type: JSON_TEXT, why: OPAQUE[node.opaque] }
    if (type === 'struct') {
      const fields = this.fields(node, at, undefined, 'evolve')
      return fields.length === 0
        ? { type: JSON_TEXT, why: 'objects in which there never is a value' }
        : { type: { kind: 'struct', fields, otherwise: 'setAside' }, why }
    }
    const { item } = node
    const place = itemOf(at)
    const itemType = item === undefined ? undefined : this.#tell(item, node, place, () => this.#newType(item, place))
    return itemType === undefined
      ? { type: JSON_TEXT, why: 'lists in which there never is a value' }
      : { type: { kind: 'list', item: itemType, otherwise: 'setAside' }, why }
  }

  /** The type of values that had one, as far as its contract lets it become another. */
  #widened(node: FieldNode, old: FieldType, at: At, contract: Contract): Decided {
    if (old.kind === 'json') return { type: old, why: 'JSON text, which holds every value' }
    const joined = isClosed(node)
      ? { type: JSON_TEXT, why: OPAQUE[node.opaque ?? 'keys'] }
      : joinedType(new Set([...kindsOf(old), ...node.kinds]))
    if (!isOf(joined.type, old)) {
      const type = typeFrom(joined.type, old)
      this.#change(contract, { column: `${at.column}`, was: typeName(old), is: typeName(type) }, firstOf(node, old))
      if (contract === 'evolve') return { type, why: `${joined.why}; it was ${typeName(old)}` }
    }
    const why = isOf(joined.type, old) ? joined.why : `${joined.why}; ${typeName(old)} stays under ${contract}`
    if (old.kind === 'struct') {
      const fields = this.fields(node, at, old.fields, contract)
      return { type: fields === old.fields ? old : { ...old, fields }, why }
    }
    const { item } = node
    if (old.kind !== 'list' || item === undefined || item.present === 0) return { type: old, why }
    const place = itemOf(at)
    const itemType = this.#tell(item, node, place, () => this.#widened(item, old.item, place, contract)) as FieldType
    return { type: itemType === old.item ? old : { ...old, item: itemType }, why }
  }

  #change(contract: Contract, change: SchemaChange, first: Place): void {
    if (contract === 'evolve') this.changes.push(change)
    else if (contract === 'freeze') this.frozen.push({ ...change, first })
  }
}

interface Decided {
  readonly type: FieldType | undefined
  readonly why: string
}

/** Whether its objects or lists were too many or too deep to be looked into. */
function isClosed({ opaque, kinds }: FieldNode): boolean {
  return (opaque === 'keys' || opaque === 'depth') && (kinds.has('object') || kinds.has('list'))
}

/** Whether a type is the one that is there, what lies below it aside. */
function isOf(type: JoinedType['type'], old: FieldType): boolean {
  if (typeof type === 'string') return type === old.kind
  return type.kind === old.kind && (type.kind !== 'text' || type.numbers === 'unfit' || numbersOf(old) === 'text')
}

function numbersOf(type: FieldType): string | undefined {
  return type.kind === 'text' ? type.numbers : undefined
}

/** A text that takes numbers as well is otherwise as it was. */
function typeFrom(type: JoinedType['type'], old: FieldType): FieldType {
  if (typeof type === 'string') return JSON_TEXT
  return type.kind === 'text' && old.kind === 'text' ? { ...old, numbers: 'text' } : type
}

/** Where the first value stands that an old type does not hold; without one, any value. */
function firstOf(node: FieldNode, old?: FieldType): Place {
  const isOdd = (kind: (typeof kinds)[number]) =>
    old === undefined || isClosed(node) || !isOf(joinedType(new Set([...kindsOf(old), kind])).type, old)
  return node.first(kinds.find((kind) => node.count(kind) > 0 && isOdd(kind)) as (typeof kinds)[number]) as Place
}

function below({ path, column }: At, key: string, name: string | undefined): At {
  const own = key === '' ? '``' : formatPath([key])
  return {
    path: path === '' ? own : `${path}.${own}`,
    column: name === undefined || column === null ? null : column === '' ? name : `${column}.${name}`,
  }
}

function itemOf({ path, column }: At): At {
  return { path: `${path}[]`, column: column === null ? null : `${column}[]` }
}

const OPAQUE = {
  keys: 'objects with too many different keys',
  depth: 'objects and lists nested too deep',
  declared: 'JSON text, which holds every value',
} as const
