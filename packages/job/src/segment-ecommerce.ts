import {
  type ColumnOf,
  category,
  coalesce,
  id,
  list,
  schema,
  struct,
  type TextType,
  timestamp,
  when,
} from '@fletching/plan'
import { common, label, mention, note } from './segment.ts'

/** What events say of a product, at their top or in `products[]`. */
const product = {
  product_id: id(),
  sku: id(),
  name: label(),
  brand: label(),
  category: label(),
  variant: label(),
  coupon: label(),
  /** Numbers, which some send as texts. */
  price: note(),
  quantity: note(),
}

/** The same in a list, where one bad id is no reason to do without the other items of an order. */
const listed = { ...product, product_id: mention(), sku: mention() }

/**
 * Segment's `track` calls of its ecommerce spec: the product of an event at the top of `properties`, those of an order or a cart in `products[]`.
 *
 * - Nulls: as in `segmentTrack`. In `products[]` an id that is none is null, and sets no line aside.
 * - Units: `price` and `quantity` are texts as written, "19.99" like 19.99: cast them.
 * - Source: Segment, "Spec: V2 Ecommerce Events".
 */
export const segmentEcommerce = schema('segmentEcommerce', {
  userId: id(),
  event: category(),
  properties: struct({ ...product, order_id: label(), products: list(struct(listed)) }),
  timestamp: timestamp().required(),
  ...common,
})

/**
 * Events of the ecommerce spec, and the names of its first version, by what they say of a user and an item.
 *
 * Amazon Personalize allows ten of types and optional columns together: eight types leave room for `EVENT_TYPE` and `EVENT_VALUE`. A review may be a bad one, and
 * lists, searches and promotions were shown rather than chosen; so none of them is an interaction.
 */
export const ecommerceEvents = Object.freeze({
  /** The type of interaction that an event is. */
  types: Object.freeze({
    'Product Viewed': 'View',
    'Viewed Product': 'View',
    'Product Clicked': 'Click',
    'Product Added': 'AddToCart',
    'Added Product': 'AddToCart',
    'Wishlist Product Added to Cart': 'AddToCart',
    'Product Added to Wishlist': 'Wishlist',
    'Product Shared': 'Share',
    'Cart Viewed': 'Cart',
    'Checkout Started': 'Checkout',
    'Order Completed': 'Purchase',
    'Completed Order': 'Purchase',
    'Order Updated': 'Purchase',
  }),
  /** Those of an order, which repeat each other's items. */
  orders: Object.freeze(['Order Completed', 'Completed Order', 'Order Updated'] as const),
  /** Those that take back what another said; Personalize has no negative interaction. */
  takenBack: Object.freeze([
    'Order Refunded',
    'Order Cancelled',
    'Product Removed',
    'Removed Product',
    'Product Removed from Wishlist',
  ] as const),
})

type IdPath = 'product.product_id' | 'product.sku' | 'properties.product_id' | 'properties.sku'

/**
 * What the item of an exploded event is called: its `product_id`, or else its `sku`, of the product in the list or else of that at the top of the event. Interactions, items and live events have
 * to agree.
 */
export function itemOf(col: (path: IdPath) => ColumnOf<TextType | null>): ColumnOf<TextType | null> {
  return coalesce(col('product.product_id'), col('product.sku'), col('properties.product_id'), col('properties.sku'))
}

type ItemKey = 'brand' | 'category' | 'price' | 'quantity'
type ItemPath = 'product.product_id' | 'product.sku' | `product.${ItemKey}` | `properties.${ItemKey}`

/** What an exploded event says of its item: of the product in the list, where that has an id, or else of the one at the top of the event. */
export function saidOfItem(
  col: (path: ItemPath) => ColumnOf<TextType | null>,
): (key: ItemKey) => ColumnOf<TextType | null> {
  const isListed = col('product.product_id').isNotNull().or(col('product.sku').isNotNull())
  return (key) => when(isListed, col(`product.${key}`)).otherwise(col(`properties.${key}`))
}
