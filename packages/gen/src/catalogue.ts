import { Popularity } from './popularity.ts'
import type { Random } from './random.ts'

export interface Product {
  readonly sku: string
  readonly id: string
  readonly name: string
  readonly brand: string
  readonly category: string
  readonly priceCents: number
}

/** Item ids as shops have them: short and long ones, and a few with blanks, commas, quotes or other scripts in them. */
const skus = `
adidas-superstar-80s
adidas-classic-backpack
adidas-classic-backpack-legend-ink-multicolour
adidas-kids-stan-smith
asics-tiger-gel-lyte-v-30-years-of-gel-pack
black-leather-bag
blue-silk-tuxedo
chequered-red-shirt
classic-leather-jacket
classic-varsity-top
converse-chuck-taylor-all-star-ii-hi
converse-chuck-taylor-all-star-lo
converse-toddler-chuck-taylor-all-star-axel-mid
dark-denim-top
dark-winter-jacket
dr-martens-1460z-dmc-8-eye-boot-cherry-smooth
dr-martens-cavendish-3-eye-shoe-black
flex-fit-mini-ottoman-black
floral-white-top
herschel-iona
led-high-tops
longsleeve-cotton-top
navy-sport-jacket
nike-crackle-print-tb-tee
nike-swoosh-pro-flat-peak-cap
nike-toddler-roshe-one
ocean-blue-shirt
olive-green-jacket
palladium-pallatech-hi-tx-chevron
puma-suede-classic-regal
red-sports-tee
silk-summer-top
striped-silk-blouse
striped-skirt-and-top
supra-mens-vaider
timberland-mens-6-inch-premium-boot
vans-apparel-and-accessories-classic-super-no-show-socks-3-pack-white
vans-authentic-butterfly-true-white-black
vans-authentic-multi-eyelets-gradient-crimson
vans-era-59-desert-cowboy
vans-old-skool-butterfly-true-white-black
vans-sh-8-hi
white-cotton-shirt
yellow-wool-jumper
zipped-jacket
SKU-000123
B07XJ8C8F5
0042
1.0
exactly-24-characters-ab
exactly-25-characters-abc
size 10+ trainers
shirt, blue, XL
19" monitor stand
men's belt
back\\slash-bag
größe-44-stiefel
北京-棉鞋
t-shirt-🎽
`
  .trim()
  .split('\n')

const brands = ['Adidas', 'Dr. Martens', 'Levi’s', 'Häagen & Söhne', 'H&M', '北京服装', 'O\'Neill "Surf"', 'Own/Label']
const categories = ['Shoes', 'Jackets & Coats', 'Accessories/Bags', 'Tops', 'Kinder & Baby', 'Größe 44+', '帽子']

/** The shop's products: the same for every seed, so that their ids can be known beforehand. */
const products: readonly Product[] = skus.map((sku, index) => ({
  sku,
  id: String(507_000 + index * 37),
  name: sku.replaceAll('-', ' ').replace(/^./, (first) => first.toUpperCase()),
  brand: brands[index % brands.length],
  category: categories[index % categories.length],
  priceCents: 499 + ((index * 7919) % 25_000),
}))

const popularity = new Popularity(products.length, 20)

export function pickProduct(random: Random): Product {
  return products[popularity.pick(random)]
}

/** Cents as a JSON number: 1999 is `19.99`, 1990 is `19.9`, 1900 is `19`. */
export function formatPrice(cents: number): string {
  const whole = Math.floor(cents / 100)
  const rest = cents % 100
  if (rest === 0) return String(whole)
  return rest % 10 === 0 ? `${whole}.${rest / 10}` : `${whole}.${String(rest).padStart(2, '0')}`
}
