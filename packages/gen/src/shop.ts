import { formatPrice, type Product, pickProduct } from './catalogue.ts'
import type { Body } from './envelope.ts'
import { Fields } from './fields.ts'
import { array, type JsonStyle } from './json-text.ts'
import type { Person } from './people.ts'
import { track } from './product-event.ts'
import type { Random } from './random.ts'
import type { Source } from './source.ts'

/** An order of which later events may speak. */
interface Order {
  readonly person: Person
  readonly id: string
  readonly products: readonly Product[]
}

/** Who does something in the shop, and what. */
export interface Deed {
  readonly person: Person
  readonly body: Body
}

const ORDERS_MAX = 256
const countries = ['CH', 'DE', 'US', 'Côte d’Ivoire', '日本']
const plans = ['Free', 'Pro – jährlich', 'Team, 10+', 'Enterprise']

/**
 * Events of Segment's ecommerce spec, with what shops make of it: prices and quantities as numbers or as texts, quantities that are missing, items without a
 * `product_id` or without any id, names of the first version, orders that are updated, refunded and cancelled, carts of nobody.
 */
export class Shop {
  private readonly orders: Order[] = []

  deed(source: Source, person: Person, random: Random): Deed {
    const roll = random.below(100)
    if (roll < 12) return { person, body: identify(source, random) }
    if (roll < 80) return { person, body: visit(roll - 12, source, random) }
    if (roll < 90 || this.orders.length === 0) return { person, body: this.order(source, person, random) }
    const order = random.pick(this.orders)
    return { person: order.person, body: later(source, order, random) }
  }

  private order(source: Source, person: Person, random: Random): Body {
    const id = `${random.digits(5)}-${random.digits(4)}`
    const products = Array.from({ length: random.between(1, 4) }, () => pickProduct(random))
    const order = { person, id, products }
    if (this.orders.length < ORDERS_MAX) this.orders.push(order)
    else this.orders[random.below(ORDERS_MAX)] = order
    const name = random.oneIn(6) ? 'Completed Order' : 'Order Completed'
    return track(source, name, orderFields(source.style, order, random), true)
  }
}

/** What comes behind an order: more often a change than its end. */
function later(source: Source, order: Order, random: Random): Body {
  const event = random.pick(['Order Updated', 'Order Updated', 'Order Updated', 'Order Refunded', 'Order Cancelled'])
  const products = random.oneIn(3) ? [...order.products, pickProduct(random)] : order.products
  return track(source, event, orderFields(source.style, { ...order, products }, random), true)
}

/** - `roll`: from 0 to 67. */
function visit(roll: number, source: Source, random: Random): Body {
  const { style } = source
  const one = (quantity: boolean) => productFields(pickProduct(random), quantity, style, random)
  const known = !random.oneIn(5)
  if (roll < 16) return track(source, random.oneIn(5) ? 'Viewed Product' : 'Product Viewed', one(false), known)
  if (roll < 28) return track(source, 'Product Clicked', one(false).add('position', String(random.below(40))), known)
  if (roll < 38) return track(source, random.oneIn(5) ? 'Added Product' : 'Product Added', one(true), known)
  if (roll < 42) return track(source, 'Product Added to Wishlist', one(false), known)
  if (roll < 44) return track(source, 'Wishlist Product Added to Cart', one(true), known)
  if (roll < 46) return track(source, 'Product Shared', one(false), known)
  if (roll < 49) return track(source, random.oneIn(4) ? 'Removed Product' : 'Product Removed', one(true), known)
  if (roll < 50) return track(source, 'Product Removed from Wishlist', one(false), known)
  if (roll < 52) return track(source, 'Product Reviewed', one(false).add('rating', String(random.between(1, 5))), known)
  const products = Array.from({ length: random.below(5) }, () => pickProduct(random))
  const list = new Fields().add('products', productList(style, products, random))
  if (roll < 57) return track(source, 'Cart Viewed', list.addText('cart_id', random.uuid(), style), known)
  if (roll < 61) return track(source, 'Checkout Started', list.addText('order_id', random.digits(5), style), known)
  if (roll < 65) return track(source, 'Product List Viewed', list.addText('list_id', 'summer', style), known)
  return track(source, 'Promotion Viewed', new Fields().addText('promotion_id', 'promo "1"', style), known)
}

function orderFields(style: JsonStyle, { id, products }: Order, random: Random): Fields {
  const fields = new Fields()
  if (!random.oneIn(20)) fields.addText('order_id', id, style)
  fields.add('total', formatPrice(random.between(1_000, 90_000)))
  // Some senders know of one item at the top.
  return random.oneIn(10)
    ? fields.addText('sku', products[0].sku, style).add('price', priceOf(products[0], random))
    : fields.add('products', productList(style, products, random))
}

function productList(style: JsonStyle, products: readonly Product[], random: Random): string {
  return array(
    products.map((product) => productFields(product, true, style, random).format(style)),
    style,
  )
}

function productFields(product: Product, quantity: boolean, style: JsonStyle, random: Random): Fields {
  const fields = new Fields()
  const ids = random.below(20)
  if (ids > 1) fields.addText('product_id', product.id, style)
  if (ids > 0 && ids < 18) fields.addText('sku', product.sku, style)
  fields.addText('name', product.name, style)
  if (!random.oneIn(6)) fields.addText('brand', product.brand, style)
  if (!random.oneIn(6)) fields.addText('category', product.category, style)
  if (!random.oneIn(12)) fields.add('price', priceOf(product, random))
  if (quantity && !random.oneIn(4)) fields.add('quantity', random.oneIn(4) ? '"2"' : String(random.between(1, 4)))
  return fields
}

function priceOf({ priceCents }: Product, random: Random): string {
  const price = formatPrice(priceCents - (random.oneIn(8) ? 100 : 0))
  const roll = random.below(30)
  if (roll === 0) return `"$${price}"`
  return roll < 10 ? `"${price}"` : price
}

function identify({ style }: Source, random: Random): Body {
  const traits = new Fields().addText('firstName', 'Zoë', style).addText('email', 'zoe@example.com', style)
  if (!random.oneIn(3)) {
    const age = String(random.between(18, 90))
    traits.add('age', random.oneIn(5) ? `"${age}"` : age)
  }
  if (!random.oneIn(4)) traits.addText('gender', random.pick(['female', 'male', 'divers']), style)
  if (!random.oneIn(3)) traits.addText('plan', random.pick(plans), style)
  if (!random.oneIn(3)) traits.add('address', new Fields().addText('country', random.pick(countries), style))
  return { type: 'identify', known: !random.oneIn(10), own: [['traits', traits]] }
}
