import { authorError } from '@fletching/columns/errors'
import { keyOf, type Schema } from './schema.ts'
import { TEXT_OPTIONS } from './schema-file.ts'
import type { Contract, Field, FieldType } from './types.ts'

/**
 * A schema as the text of a file, which `parseSchemaFile` reads back: a line for each field that has none of its own.
 *
 * - Errors: NOT_IN_SCHEMA_FILE (author) for a column that no file can declare: of a type that JSON is not read as, or of provenance.
 *
 * @example
 * ```ts
 * const file = formatSchemaFile(schema('users', { id: int64().contract('freeze') }))
 * assert.equal(file, '{\n  "name": "users",\n  "fields": [\n    { "name": "id", "type": "int64", "contract": "freeze" }\n  ]\n}\n')
 * ```
 */
export function formatSchemaFile({ name, fields }: Schema): string {
  return `{\n  "name": ${JSON.stringify(name)},\n  "fields": ${formatFields(fields, '  ', `schema ${name}`)}\n}\n`
}

function formatFields(fields: readonly Field[], margin: string, owner: string): string {
  const lines = fields.map((field) => `${margin}  ${formatField(field, `${margin}  `, owner)}`)
  return `[\n${lines.join(',\n')}\n${margin}]`
}

function formatField(field: Field, margin: string, owner: string): string {
  const { name, type, required, provenance } = field
  const place = `column ${name} of ${owner}`
  if (provenance !== undefined) throw notInFile(`${name} says where a row came from, and is not read from JSON`, place)
  const contract = contractOf(field)
  const isImplied = type.kind === 'struct' && type.fields.some((inner) => inner.required)
  return formatObject([
    ['name', JSON.stringify(name)],
    ...(keyOf(field) === name ? [] : [['key', JSON.stringify(keyOf(field))] as const]),
    ['type', JSON.stringify(type.kind)],
    ...(contract === 'evolve' ? [] : [['contract', JSON.stringify(contract)] as const]),
    ...(required && !isImplied ? [['required', 'true'] as const] : []),
    ...ofType(type, margin, place),
  ])
}

/** A column that was declared without a contract has that which does the same. */
function contractOf({ type, contract }: Field): Contract {
  return contract ?? (type.otherwise === 'null' ? 'discard-value' : 'evolve')
}

/** What a type says of itself beside its name. */
function ofType(type: FieldType, margin: string, place: string): (readonly [string, string])[] {
  switch (type.kind) {
    case 'text':
      return Object.entries(TEXT_OPTIONS).flatMap(([name, [usual]]) => {
        const value = type[name as keyof typeof TEXT_OPTIONS]
        return value === usual ? [] : [[name, JSON.stringify(value)] as const]
      })
    case 'struct':
      return [['fields', formatFields(type.fields, margin, place)]]
    case 'list':
      return [['item', formatObject([['type', JSON.stringify(type.item.kind)], ...ofType(type.item, margin, place)])]]
    case 'int32':
    case 'date':
      throw notInFile(`JSON is not read as ${type.kind}`, place)
    default:
      return []
  }
}

function formatObject(entries: readonly (readonly [string, string])[]): string {
  return `{ ${entries.map(([name, value]) => `${JSON.stringify(name)}: ${value}`).join(', ')} }`
}

function notInFile(what: string, at: string) {
  return authorError('NOT_IN_SCHEMA_FILE', what, { at, help: 'leave it out of the file, and add it in the job' })
}
