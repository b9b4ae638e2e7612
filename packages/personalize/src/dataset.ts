import type { AvroType } from './avro-type.ts'

/** What is imported: who did what with which item, or what is known of users or of items. */
export const datasets = ['interactions', 'users', 'items'] as const
export type Dataset = (typeof datasets)[number]

/** The domain of a dataset group: an own one, or one for which Personalize has recommenders. */
export const domains = ['custom', 'ecommerce', 'video-on-demand'] as const
export type Domain = (typeof domains)[number]

/** A column whose name means something to Personalize. */
export interface KnownColumn {
  readonly name: string
  readonly type: AvroType
  /** Domains in which a schema must have it. */
  readonly requiredIn: readonly Domain[]
  /** Whether null may be a value of it. */
  readonly mayBeNull?: boolean
  readonly isCategorical?: boolean
}

/**
 * The columns that Personalize knows by name, in the order in which a schema lists those it needs.
 *
 * Source: Amazon Personalize, "Custom datasets and schemas", "Domain datasets and schemas".
 */
export function knownColumns(dataset: Dataset): readonly KnownColumn[] {
  return KNOWN[dataset]
}

/** The columns that an import of the dataset must have. */
export function requiredColumns(dataset: Dataset, domain: Domain): readonly KnownColumn[] {
  return KNOWN[dataset].filter(({ requiredIn }) => requiredIn.includes(domain))
}

/** The name of the record in the dataset's schema. */
export const recordNames: Readonly<Record<Dataset, string>> = {
  interactions: 'Interactions',
  users: 'Users',
  items: 'Items',
}

/** How many columns of one's own a schema may have; older pages of the guide say 5 for users and 50 for items. */
export const metadataMax: Readonly<Record<Dataset, number>> = { interactions: 5, users: 25, items: 100 }

const KNOWN: Readonly<Record<Dataset, readonly KnownColumn[]>> = {
  interactions: [
    { name: 'USER_ID', type: 'string', requiredIn: domains },
    { name: 'ITEM_ID', type: 'string', requiredIn: domains },
    { name: 'EVENT_TYPE', type: 'string', requiredIn: ['ecommerce', 'video-on-demand'] },
    { name: 'TIMESTAMP', type: 'long', requiredIn: domains },
    { name: 'EVENT_VALUE', type: 'float', requiredIn: [], mayBeNull: true },
    { name: 'IMPRESSION', type: 'string', requiredIn: [], mayBeNull: true },
    { name: 'RECOMMENDATION_ID', type: 'string', requiredIn: [], mayBeNull: true },
    { name: 'EVENT_ATTRIBUTION_SOURCE', type: 'string', requiredIn: [], mayBeNull: true },
  ],
  users: [{ name: 'USER_ID', type: 'string', requiredIn: domains }],
  items: [
    { name: 'ITEM_ID', type: 'string', requiredIn: domains },
    { name: 'PRICE', type: 'float', requiredIn: ['ecommerce'], mayBeNull: true },
    { name: 'CATEGORY_L1', type: 'string', requiredIn: ['ecommerce'], mayBeNull: true, isCategorical: true },
    { name: 'GENRES', type: 'string', requiredIn: ['video-on-demand'], mayBeNull: true, isCategorical: true },
    { name: 'CREATION_TIMESTAMP', type: 'long', requiredIn: ['video-on-demand'], mayBeNull: true },
  ],
}
