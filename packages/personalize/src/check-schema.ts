import { type AvroField, mayBeNull, NAMESPACE, typesOf, VERSION } from './avro-schema.ts'
import { avroTypes } from './avro-type.ts'
import {
  type Dataset,
  type Domain,
  datasets,
  knownColumns,
  metadataMax,
  recordNames,
  requiredColumns,
} from './dataset.ts'
import type { Finding } from './finding.ts'
import { Findings } from './findings.ts'
import { schemaRules } from './schema-rules.ts'

/**
 * Looks at a schema's text as Personalize would.
 *
 * - Shape: nothing for a schema that it takes; codes are those of `schemaRules`.
 */
export function checkSchema(
  text: string,
  options: { readonly domain?: Domain; readonly object?: string } = {},
): readonly Finding[] {
  const findings = new Findings(schemaRules)
  new SchemaCheck(findings, options.domain ?? 'custom', options.object ?? 'schema').check(text)
  return findings.all()
}

class SchemaCheck {
  readonly #findings: Findings<keyof typeof schemaRules>
  readonly #domain: Domain
  readonly #object: string

  constructor(findings: Findings<keyof typeof schemaRules>, domain: Domain, object: string) {
    this.#findings = findings
    this.#domain = domain
    this.#object = object
  }

  check(text: string): void {
    if (text.length > SCHEMA_LENGTH_MAX) this.#add('SCHEMA_TOO_LONG')
    const schema = parsed(text)
    if (schema === undefined) this.#add('SCHEMA_NOT_JSON')
    else if (!isObject(schema) || schema.type !== 'record' || !isFieldList(schema.fields))
      this.#add('SCHEMA_NOT_A_RECORD')
    else this.#checkRecord(schema, schema.fields)
  }

  #checkRecord(schema: Readonly<Record<string, unknown>>, fields: readonly NamedField[]): void {
    if (schema.namespace !== NAMESPACE) this.#add('SCHEMA_NAMESPACE')
    if (schema.version !== VERSION) this.#add('SCHEMA_VERSION')
    const dataset = datasets.find((name) => recordNames[name] === schema.name)
    if (dataset === undefined) this.#add('SCHEMA_NAME')
    this.#checkNames(fields)
    for (const field of fields) this.#checkType(field)
    if (dataset !== undefined) this.#checkDataset(dataset, fields as readonly AvroField[])
  }

  #checkNames(fields: readonly NamedField[]): void {
    const seen = new Set<string>()
    for (const { name } of fields) {
      if (!/^\w+$/.test(name)) this.#add('FIELD_NAME', name)
      const plain = name.replaceAll('_', '')
      if (seen.has(plain)) this.#add('FIELD_NAMES_ALIKE', name)
      seen.add(plain)
    }
  }

  #checkType({ name, type }: NamedField): void {
    const types: readonly unknown[] = Array.isArray(type) ? type : [type]
    const others = types.filter((one) => one !== 'null')
    if (types.some(isNested)) this.#add('FIELD_NESTED', name)
    else if (others.length === 0 && types.length > 0) this.#add('FIELD_NULLABLE', name)
    else if (others.length !== 1 || types.length > 2 || !(avroTypes as readonly unknown[]).includes(others[0])) {
      this.#add('FIELD_TYPE', name)
    }
  }

  #checkDataset(dataset: Dataset, fields: readonly AvroField[]): void {
    const required = requiredColumns(dataset, this.#domain)
    for (const { name, requiredIn } of required) {
      if (fields.some((field) => field.name === name)) continue
      this.#add(requiredIn.includes('custom') ? 'FIELD_REQUIRED_MISSING' : 'DOMAIN_FIELD', name)
    }
    const known = knownColumns(dataset)
    const own = fields.filter(({ name }) => known.every((column) => column.name !== name))
    for (const field of fields) this.#checkKnown(dataset, field)
    for (const field of own) this.#checkOwn(field)
    const metadata = dataset === 'interactions' ? own : fields.filter(({ name }) => name !== known[0].name)
    if (metadata.length > metadataMax[dataset]) this.#add('METADATA_TOO_MANY')
    if (metadata.length === 0 && dataset !== 'interactions') this.#add('METADATA_MISSING')
    const textual = fields.filter((field) => field.textual === true)
    for (const { name } of textual.slice(dataset === 'items' ? 1 : 0)) this.#add('TEXTUAL_TWICE', name)
  }

  #checkKnown(dataset: Dataset, field: AvroField): void {
    const column = knownColumns(dataset).find(({ name }) => name === field.name)
    if (column === undefined) return
    const [type] = typesOf(field)
    const isFloat = column.name === 'CREATION_TIMESTAMP' && type === 'float'
    if (isFloat) this.#add('CREATION_TIMESTAMP_FLOAT', field.name)
    else if ((avroTypes as readonly unknown[]).includes(type) && type !== column.type)
      this.#add('RESERVED_TYPE', field.name)
    const isRequired =
      column.requiredIn.includes('custom') || (column.requiredIn.includes(this.#domain) && column.mayBeNull !== true)
    if (isRequired && mayBeNull(field)) this.#add('FIELD_NULLABLE', field.name)
    if (column.isCategorical === true) this.#checkOwn(field)
    if (column.name === 'EVENT_TYPE' && field.categorical === true) this.#add('EVENT_TYPE_CATEGORICAL', field.name)
  }

  #checkOwn(field: AvroField): void {
    const isText = typesOf(field)[0] === 'string'
    if (isText && field.categorical !== true && field.textual !== true) this.#add('FIELD_NEEDS_CATEGORICAL', field.name)
  }

  #add(code: keyof typeof schemaRules, column?: string): void {
    this.#findings.add(code, column === undefined ? { object: this.#object } : { object: this.#object, column })
  }
}

interface NamedField {
  readonly name: string
  readonly type?: unknown
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isFieldList(value: unknown): value is readonly NamedField[] {
  return Array.isArray(value) && value.every((field) => isObject(field) && typeof field.name === 'string')
}

/** A record, a list or a map: a type that names what it holds. */
function isNested(type: unknown): boolean {
  return typeof type === 'object' && type !== null
}

const SCHEMA_LENGTH_MAX = 10_000
