import {
  bool,
  category,
  float64,
  id,
  int64,
  json,
  list,
  scanNdjson,
  schema,
  struct,
  text,
  timestamp,
} from '@fletching/plan'

/** Columns of every kind, small enough to read. */
export const events = schema('events', {
  userId: id(),
  event: category(),
  timestamp: timestamp().required(),
  properties: struct({ sku: id(), products: list(struct({ sku: id() })), 'page name': text() }),
  count: int64(),
  price: float64(),
  vip: bool(),
  extra: json(),
})

export const scan = scanNdjson('in/', events)

/** A value as somebody sees it who writes plain JavaScript: it has every property, and can be called with anything. */
export interface Untyped {
  (...args: unknown[]): Untyped
  readonly [name: string]: Untyped
}
