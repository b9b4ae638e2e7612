import { authorError, type FletchingError } from '@fletching/columns/errors'
import { nearest } from './nearest.ts'
import { repeatedKey } from './repeated-key.ts'
import { bool, float64, int64, json, type Schema, text, timestamp } from './schema.ts'
import { type Contract, contracts, type Field, type FieldType, type TextType, underContract } from './types.ts'

/**
 * The schema that a file holds, as JSON: the columns of a scan, with their keys and contracts.
 *
 *     { "name": "segment_logs", "fields": [
 *       { "name": "user_id", "key": "userId", "type": "text" },
 *       { "name": "products", "type": "list", "item": { "type": "struct", "fields": […] } } ] }
 *
 * - Nulls: what is left out has its default: the name for `key`, `evolve` for `contract`, false for `required`.
 * - Errors: BAD_SCHEMA_FILE (author) with the place in the file, and what was expected there.
 *
 * @example
 * ```ts
 * const users = parseSchemaFile('{ "name": "users", "fields": [{ "name": "id", "type": "int64" }] }', 'users.json')
 * assert.deepEqual(users.fields.map(({ name, type }) => [name, type.kind]), [['id', 'int64']])
 * ```
 */
export function parseSchemaFile(content: string, place: string): Schema {
  const file = new SchemaFile(place)
  const root = file.object(parseJson(content, file), '', ['name', 'fields'])
  return Object.freeze({ name: file.name(root, ''), fields: file.fields(root, '') })
}

type JsonObject = Readonly<Record<string, unknown>>

/** The types by their names, with the options of a text that are not its defaults. */
const SCALARS = Object.freeze({
  text: text().type as TextType,
  int64: int64().type,
  float64: float64().type,
  bool: bool().type,
  timestamp: timestamp().type,
  json: json().type,
})
const TYPES = Object.freeze([...Object.keys(SCALARS), 'struct', 'list'])

/** What a text may be told beside its type. */
export const TEXT_OPTIONS = Object.freeze({
  numbers: ['unfit', 'text'],
  lineBreaks: ['keep', 'unfit'],
  empty: ['keep', 'null'],
  encoding: ['plain', 'dictionary'],
})

/** How deep types may be within each other, a column being 1 deep: as deep as the levels of Parquet go. */
export const nestedMax = 255

/** Reads the parts of a file, and knows how to say where something is wrong. */
class SchemaFile {
  readonly #place: string

  constructor(place: string) {
    this.#place = place
  }

  fields(holder: JsonObject, path: string, depth = 1): readonly Field[] {
    const at = join(path, 'fields')
    const { fields } = holder
    if (!Array.isArray(fields)) throw this.wrong(at, `${found(fields)} where a list of fields is wanted`, FIELD_EXAMPLE)
    if (fields.length === 0) throw this.wrong(at, 'no field', 'a schema, and each struct in it, has one field at least')
    const read = fields.map((field, number) => this.#field(field, `${at}[${number}]`, depth))
    const again = read.findIndex(({ name }, number) => read.findIndex((other) => other.name === name) < number)
    if (again < 0) return Object.freeze(read)
    throw this.wrong(`${at}[${again}].name`, `a second "${read[again].name}"`, 'names differ within one object')
  }

  #field(value: unknown, path: string, depth: number): Field {
    const field = this.object(value, path, ['name', 'key', 'type', 'contract', 'required', ...OF_TYPE])
    const name = this.name(field, path)
    const { key = name, required = false, contract = 'evolve' } = field
    if (typeof key !== 'string')
      throw this.wrong(join(path, 'key'), `${found(key)} where a text is wanted`, KEY_EXAMPLE)
    if (typeof required !== 'boolean') {
      throw this.wrong(
        join(path, 'required'),
        `${found(required)} where true or false is wanted`,
        'left out, it is false',
      )
    }
    const chosen = this.#choice(contract, contracts, join(path, 'contract')) as Contract
    const type = underContract(this.#type(field, path, depth), chosen)
    return Object.freeze({
      name,
      type,
      required: required || (type.kind === 'struct' && type.fields.some((inner) => inner.required)),
      ...(key === name ? {} : { key }),
      ...(chosen === 'evolve' ? {} : { contract: chosen }),
    })
  }

  #type(holder: JsonObject, path: string, depth: number): FieldType {
    if (depth > nestedMax) {
      throw this.wrong(
        '',
        `columns nested more than ${nestedMax} deep`,
        'give what lies deeper the type json, which holds it as text',
      )
    }
    const kind = this.#choice(holder.type, TYPES, join(path, 'type'))
    const taken =
      kind === 'text' ? Object.keys(TEXT_OPTIONS) : kind === 'struct' ? ['fields'] : kind === 'list' ? ['item'] : []
    const stray = OF_TYPE.find((name) => Object.hasOwn(holder, name) && !taken.includes(name))
    if (stray !== undefined) throw this.wrong(join(path, stray), `the type ${kind} has no "${stray}"`, 'leave it out')
    switch (kind) {
      case 'struct':
        return Object.freeze({ kind, fields: this.fields(holder, path, depth + 1), otherwise: 'setAside' })
      case 'list':
        return Object.freeze({
          kind,
          item: this.#item(holder.item, join(path, 'item'), depth + 1),
          otherwise: 'setAside',
        })
      case 'text':
        return Object.freeze({ ...SCALARS.text, ...this.#textOptions(holder, path) })
      default:
        return SCALARS[kind as keyof typeof SCALARS]
    }
  }

  #item(value: unknown, path: string, depth: number): FieldType {
    const type = this.#type(this.object(value, path, ['type', ...OF_TYPE]), path, depth)
    if (type.kind !== 'struct' || !type.fields.some(({ required }) => required)) return type
    const required = type.fields.findIndex((field) => field.required)
    throw this.wrong(
      `${path}.fields[${required}].required`,
      'a required field of the items of a list',
      'nothing holds it there: leave it out',
    )
  }

  #textOptions(holder: JsonObject, path: string): Partial<TextType> {
    const given = Object.entries(TEXT_OPTIONS).filter(([name]) => Object.hasOwn(holder, name))
    return Object.fromEntries(
      given.map(([name, choices]) => [name, this.#choice(holder[name], choices, join(path, name))]),
    )
  }

  object(value: unknown, path: string, names: readonly string[]): JsonObject {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw this.wrong(path, `${found(value)} where an object is wanted`, path === '' ? FILE_EXAMPLE : FIELD_EXAMPLE)
    }
    const stray = Object.keys(value).find((name) => !names.includes(name))
    if (stray === undefined) return value as JsonObject
    const near = nearest(stray, names)
    const suggestion = near === undefined ? '' : `did you mean "${near}"? `
    throw this.wrong(
      join(path, stray),
      `nothing is called "${stray}" here`,
      `${suggestion}expected ${names.join(', ')}`,
    )
  }

  name({ name }: JsonObject, path: string): string {
    if (typeof name === 'string' && name !== '') return name
    throw this.wrong(
      join(path, 'name'),
      name === '' ? 'an empty name' : `${found(name)} where a name is wanted`,
      FIELD_EXAMPLE,
    )
  }

  wrong(path: string, what: string, help: string): FletchingError {
    return authorError('BAD_SCHEMA_FILE', what, { at: path === '' ? this.#place : `${path} of ${this.#place}`, help })
  }

  #choice(value: unknown, choices: readonly string[], path: string): string {
    if (typeof value === 'string' && choices.includes(value)) return value
    const near = typeof value === 'string' ? nearest(value, choices) : undefined
    const suggestion = near === undefined ? '' : `did you mean "${near}"? `
    const what =
      typeof value === 'string' ? `nothing is called "${value}" here` : `${found(value)} where a word is wanted`
    throw this.wrong(path, what, `${suggestion}expected ${choices.join(', ')}`)
  }
}

function parseJson(content: string, file: SchemaFile): unknown {
  const value = parsed(content, file)
  const again = repeatedKey(content)
  if (again === undefined) return value
  throw file.wrong(again, 'a key that stands there twice', 'leave one out, since the last alone would count')
}

function parsed(content: string, file: SchemaFile): unknown {
  try {
    return JSON.parse(content)
  } catch (error) {
    throw file.wrong('', `the file is no JSON: ${(error as Error).message}`, FILE_EXAMPLE)
  }
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

/** A value by its type. */
function found(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** What a type may say of itself beside its name. */
const OF_TYPE = Object.freeze([...Object.keys(TEXT_OPTIONS), 'fields', 'item'])
const FILE_EXAMPLE = 'expected { "name": "segment_logs", "fields": […] }, as fletching schema infer writes it'
const FIELD_EXAMPLE = 'expected such as { "name": "user_id", "key": "userId", "type": "text" }'
const KEY_EXAMPLE = 'the key as it stands in the JSON of the lines; left out, it is the name'
