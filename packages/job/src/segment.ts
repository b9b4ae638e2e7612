import { bool, category, id, json, list, schema, struct, text, timestamp } from '@fletching/plan'

/** A value that may be there, and is not worth a line when it has another type. */
export const note = () => text({ numbers: 'text', otherwise: 'null' })

/** The same, of which the empty text is none. */
export const label = () => text({ numbers: 'text', empty: 'null', otherwise: 'null' })

/** An id beside others in a list: one that is none is not worth the line. */
export const mention = () => text({ numbers: 'text', lineBreaks: 'unfit', empty: 'null', otherwise: 'null' })

/** Fields of every Segment message that say who, from where and with what. */
export const common = {
  anonymousId: id(),
  channel: note(),
  context: struct({
    ip: note(),
    locale: note(),
    timezone: note(),
    userAgent: note(),
    library: struct({ name: note(), version: note() }),
    page: struct({ path: note(), referrer: note(), search: note(), title: note(), url: note() }),
    campaign: struct({ name: note(), source: note(), medium: note(), term: note(), content: note() }),
    device: struct({ id: note(), type: note(), manufacturer: note(), model: note() }),
    os: struct({ name: note(), version: note() }),
    traits: json(),
  }),
  integrations: json(),
  /** What a retry of the same message has again. */
  messageId: label(),
  originalTimestamp: timestamp({ otherwise: 'null' }),
  projectId: note(),
  receivedAt: timestamp({ otherwise: 'null' }),
  sentAt: timestamp({ otherwise: 'null' }),
  type: category(),
  version: note(),
  writeKey: note(),
}

/**
 * Segment's `track` calls, as the S3 destination writes them: what a user did, with properties.
 *
 * - Nulls: a `userId` or a `sku` that is empty counts as missing; a number is its text as written.
 * - Errors: a line is set aside when its `timestamp` is no moment, or its `userId` or `sku` is a boolean, an object, a list,
 *   or holds a line break; only for columns that the job looks at.
 * - Source: Segment, "Spec: Common Fields", "Spec: Track", "Spec: V2 Ecommerce Events".
 */
export const segmentTrack = schema('segmentTrack', {
  userId: id(),
  event: category(),
  properties: struct({
    sku: id(),
    product_id: id(),
    products: list(struct({ sku: mention(), product_id: mention(), name: note(), quantity: note(), price: note() })),
    order_id: note(),
    cart_id: note(),
    name: note(),
    brand: note(),
    category: note(),
    coupon: note(),
    currency: note(),
    price: note(),
    quantity: note(),
    revenue: note(),
    total: note(),
    browser: note(),
    operating_system: note(),
    page_name: note(),
    nonInteraction: bool({ otherwise: 'null' }),
  }),
  timestamp: timestamp().required(),
  ...common,
})
