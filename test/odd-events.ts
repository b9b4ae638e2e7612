import type { Random } from '@fletching/testing'

/** Any value where an id, a number or a text is looked for. */
function oddValue(random: Random): unknown {
  return random.pick([
    null,
    '',
    'a',
    'b',
    'c,d',
    'e"',
    ' f',
    7,
    12.5,
    0,
    '3',
    '2.50',
    '-1',
    '1e400',
    1e300,
    true,
    ['a'],
    {},
    'x\ny',
    '😀',
  ])
}

function oddObject(random: Random, names: readonly string[]): unknown {
  if (random.below(12) === 0) return oddValue(random)
  return Object.fromEntries(names.flatMap((name) => (random.below(3) === 0 ? [] : [[name, oddValue(random)]])))
}

const PRODUCT = ['product_id', 'sku', 'price', 'quantity', 'category', 'brand'] as const
const EVENTS = [
  'Product Viewed',
  'Viewed Product',
  'Product Added to Wishlist',
  'Cart Viewed',
  'Checkout Started',
  'Order Completed',
  'Order Completed',
  'Order Updated',
  'Order Updated',
  'Completed Order',
  'Order Refunded',
  'Product Removed',
  'Product List Viewed',
]

/** An event of a shop as nobody should send it, of few ids and moments. */
export function oddEvent(random: Random): string {
  const products = Array.from({ length: random.below(4) }, () => oddObject(random, PRODUCT))
  const properties = oddObject(random, [...PRODUCT, 'order_id'])
  const withProducts = typeof properties === 'object' && properties !== null && !Array.isArray(properties)
  const event = {
    type: random.pick(['track', 'identify', 'identify', 7]),
    messageId: random.pick(['m1', 'm2', 'm3', `m${random.below(500)}`, '', null]),
    userId: random.below(8) === 0 ? oddValue(random) : `u${random.below(40)}`,
    event: random.below(30) === 0 ? oddValue(random) : random.pick(EVENTS),
    properties:
      withProducts && random.below(4) > 0
        ? { ...properties, products: random.below(9) === 0 ? oddValue(random) : products }
        : properties,
    traits:
      random.below(6) === 0
        ? oddValue(random)
        : { ...(oddObject(random, ['age', 'gender', 'plan']) as object), address: oddObject(random, ['country']) },
    timestamp:
      random.below(20) === 0
        ? random.pick(['yesterday', null, 5])
        : `2019-05-18T14:03:2${random.below(3)}.${random.below(4)}Z`,
  }
  return JSON.stringify(event)
}
