import { failure, note, type Rule, warning } from './rule.ts'

/** The rules for schemas. Source: Amazon Personalize, "Creating schema JSON files", "Amazon Personalize endpoints and quotas". */
export const schemaRules = {
  SCHEMA_NOT_JSON: failure('the schema is not JSON', 'write it with `fletching personalize schema`'),
  SCHEMA_NOT_A_RECORD: failure(
    'the schema is not an Avro record with fields',
    'it is an object with "type": "record" and a list "fields" of objects that have a name',
  ),
  SCHEMA_NAMESPACE: failure(
    'the namespace is another',
    'Personalize knows "namespace": "com.amazonaws.personalize.schema" alone',
  ),
  SCHEMA_VERSION: failure('the version is another', 'Personalize knows "version": "1.0" alone, a text'),
  SCHEMA_NAME: failure('the name of the record is none of a dataset', 'there are Interactions, Users and Items'),
  SCHEMA_TOO_LONG: failure('the schema has more than 10,000 characters', 'leave out columns and blanks'),
  FIELD_NAME: failure('a name holds more than letters, digits and underscores', 'rename the column'),
  FIELD_NAMES_ALIKE: failure(
    'two names are the same without their underscores',
    'Personalize leaves underscores out when it compares names; rename one',
  ),
  FIELD_NESTED: failure('a field is a record, a list or a map', 'a schema is flat; make columns of its single values'),
  FIELD_TYPE: failure(
    'a type is none that Personalize knows',
    'there are string, int, long, float, double and boolean, and a union of one of them with null',
  ),
  FIELD_NULLABLE: failure(
    'a required field may be null, or a field is nothing but null',
    'a required field has one type; null stands in a union with another type, as in ["null", "string"]',
  ),
  FIELD_REQUIRED_MISSING: failure('a required field is missing', 'add it to the schema, and to the data'),
  DOMAIN_FIELD: failure('a field that the domain requires is missing', 'add it to the schema, and to the data'),
  RESERVED_TYPE: failure(
    'a field whose name Personalize knows has another type',
    'USER_ID, ITEM_ID, EVENT_TYPE: string; TIMESTAMP, CREATION_TIMESTAMP: long; EVENT_VALUE, PRICE: float; IMPRESSION, RECOMMENDATION_ID, EVENT_ATTRIBUTION_SOURCE: string',
  ),
  FIELD_NEEDS_CATEGORICAL: failure(
    'a text of your own is neither categorical nor textual',
    'add "categorical": true to the field, or "textual": true for prose',
  ),
  EVENT_TYPE_CATEGORICAL: warning(
    'EVENT_TYPE is said to be categorical',
    'leave "categorical" out; Personalize knows what it is',
  ),
  TEXTUAL_TWICE: failure(
    'more than one field is textual, or one of another dataset than items',
    'keep the one that says most of an item',
  ),
  METADATA_TOO_MANY: failure(
    'there are more columns of your own than Personalize takes',
    'at most 5 for interactions, 25 for users, 100 for items; older pages of the guide say 5 for users and 50 for items',
  ),
  METADATA_MISSING: failure('there is no column beside the id', 'users and items need one column of your own at least'),
  CREATION_TIMESTAMP_FLOAT: note(
    'CREATION_TIMESTAMP is a float',
    'pages of the guide differ: long is what most say, and what holds every second exactly',
  ),
} as const satisfies Readonly<Record<string, Rule>>
