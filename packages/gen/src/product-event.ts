import { formatPrice, type Product, pickProduct } from './catalogue.ts'
import type { Body } from './envelope.ts'
import { Fields } from './fields.ts'
import { array, type JsonStyle, quote } from './json-text.ts'
import type { Random } from './random.ts'
import type { Source } from './source.ts'

/** A click on a product, or a product put into the cart: the plainest event that becomes a row. */
export function wantedEvent(source: Source, random: Random): Body {
  const added = random.oneIn(3)
  return track(source, added ? 'Product Added' : 'Product Clicked', oneProduct(source, random, added), true)
}

/** What else a shop sends: orders, clicks of people who are not logged in, other events, names in another case. */
export function productEvent(source: Source, random: Random): Body {
  const roll = random.below(100)
  if (roll < 45) return track(source, 'Order Completed', order(source, random), !random.oneIn(12))
  if (roll < 60) return track(source, 'Product Clicked', oneProduct(source, random, false), false)
  if (roll < 70) return track(source, 'Product Added', oneProduct(source, random, true), false)
  if (roll < 80) return track(source, 'Product Viewed', oneProduct(source, random, false), true)
  if (roll < 86) return track(source, 'Product Removed', oneProduct(source, random, true), true)
  if (roll < 92) return track(source, 'Cart Viewed', basket(source, random), !random.oneIn(3))
  if (roll < 97) return track(source, 'Checkout Started', order(source, random), true)
  const otherCase = random.pick(['product added', 'PRODUCT CLICKED', 'Order completed'])
  return track(source, otherCase, oneProduct(source, random, true), true)
}

export function track(source: Source, event: string, properties: Fields, known: boolean): Body {
  return {
    type: 'track',
    known,
    own: [
      ['event', quote(event, source.style)],
      ['properties', properties],
    ],
  }
}

function oneProduct({ style }: Source, random: Random, quantity: boolean): Fields {
  const properties = productFields(pickProduct(random), style, random)
  if (quantity) properties.add('quantity', random.oneIn(10) ? '"2"' : String(random.between(1, 4)))
  else properties.add('position', String(random.between(1, 40)))
  if (random.oneIn(9)) properties.addText('coupon', 'SPRING"19', style)
  return properties
}

/** The ecommerce spec names the items in `products[]`; two orders in five name one at the top as well, or only there. */
function order({ style }: Source, random: Random): Fields {
  const list = basketProducts(style, random)
  const cents = random.between(1_000, 90_000)
  const properties = new Fields()
    .addText('order_id', `${random.digits(5)}-${random.digits(4)}`, style)
    .add('total', formatPrice(cents + 1_490))
    .add('revenue', random.oneIn(8) ? `"${formatPrice(cents)}"` : formatPrice(cents))
    .add('shipping', formatPrice(990))
    .add('tax', formatPrice(500))
    .addText('currency', random.pick(['USD', 'EUR', 'CHF', 'CNY']), style)
  const roll = random.below(5)
  if (roll > 0) properties.add('products', list)
  if (roll < 2) properties.addText('sku', pickProduct(random).sku, style)
  return properties
}

function basket({ style }: Source, random: Random): Fields {
  return new Fields().addText('cart_id', random.uuid(), style).add('products', basketProducts(style, random))
}

function basketProducts(style: JsonStyle, random: Random): string {
  const items: string[] = []
  for (let count = random.between(1, 4); count > 0; count--) {
    const fields = productFields(pickProduct(random), style, random).add('quantity', String(random.between(1, 3)))
    items.push(fields.format(style))
  }
  return array(items, style)
}

function productFields(product: Product, style: JsonStyle, random: Random): Fields {
  const price = formatPrice(product.priceCents)
  const fields = new Fields()
    .addText('product_id', product.id, style)
    .addText('sku', product.sku, style)
    .addText('name', product.name, style)
    .addText('brand', product.brand, style)
    .addText('category', product.category, style)
    .add('price', random.oneIn(6) ? `"${price}"` : price)
  if (random.oneIn(3)) fields.addText('image_url', `https://cdn.example.com/i/${product.id}.jpg`, style)
  return fields
}
