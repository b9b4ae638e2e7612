import type { AvroType } from './avro-type.ts'
import { type Dataset, type Domain, knownColumns, recordNames, requiredColumns } from './dataset.ts'

/** A schema as Personalize takes it: a flat Avro record. */
export interface AvroSchema {
  readonly type: 'record'
  readonly name: string
  readonly namespace: string
  readonly fields: readonly AvroField[]
  readonly version: string
}

export interface AvroField {
  readonly name: string
  /** One type, or a union with null. */
  readonly type: AvroType | readonly (AvroType | 'null')[]
  /** Of a text: one of few values, or several of them with `|` between. */
  readonly categorical?: boolean
  /** Of a text: prose, from which Personalize reads features. */
  readonly textual?: boolean
}

/** A column that a schema is made for. */
export interface SchemaColumn {
  readonly name: string
  /** Default: what Personalize wants of a column of this name, else string. */
  readonly type?: AvroType
  /** Default: true, but for the columns that Personalize needs. */
  readonly isNullable?: boolean
}

/**
 * Makes the schema for a CSV with these columns, in their order; without columns the smallest one for the dataset, which for
 * interactions is the header of the job `segment-to-personalize`. Texts of one's own become categorical.
 *
 * What is made may still lack something, such as columns of one's own for users: `checkSchema` tells.
 */
export function schemaFor(dataset: Dataset, domain: Domain, columns?: readonly SchemaColumn[]): AvroSchema {
  const given = columns ?? smallest(dataset, domain)
  const fields = given.map((column) => fieldFor(dataset, domain, column))
  return { type: 'record', name: recordNames[dataset], namespace: NAMESPACE, fields, version: VERSION }
}

/** The text that Personalize is given. */
export function formatSchema(schema: AvroSchema): string {
  return `${JSON.stringify(schema, undefined, 2)}\n`
}

/** The types of a field but null. */
export function typesOf({ type }: AvroField): readonly AvroType[] {
  return (Array.isArray(type) ? type : [type]).filter((name) => name !== 'null')
}

export function mayBeNull({ type }: AvroField): boolean {
  return Array.isArray(type) && type.includes('null')
}

export const NAMESPACE = 'com.amazonaws.personalize.schema'
export const VERSION = '1.0'

/** The required columns; for interactions also the type of event, which all but the simplest recipes look at. */
function smallest(dataset: Dataset, domain: Domain): readonly SchemaColumn[] {
  const required = requiredColumns(dataset, domain)
  return knownColumns(dataset)
    .filter((column) => required.includes(column) || column.name === 'EVENT_TYPE')
    .map(({ name }) => ({ name }))
}

function fieldFor(dataset: Dataset, domain: Domain, { name, type, isNullable }: SchemaColumn): AvroField {
  const known = knownColumns(dataset).find((column) => column.name === name)
  // What Personalize knows has the type that it wants, whatever the column's own is; a schema of another type would be refused.
  const own = known?.type ?? type ?? 'string'
  const isRequired = known !== undefined && (known.requiredIn.includes(domain) || known.mayBeNull !== true)
  const isUnion = !isRequired && isNullable !== false
  const isCategorical = own === 'string' && (known === undefined || known.isCategorical === true)
  return { name, type: isUnion ? ['null', own] : own, ...(isCategorical ? { categorical: true } : {}) }
}
