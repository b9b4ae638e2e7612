import { Popularity } from './popularity.ts'
import { Random } from './random.ts'

export interface Person {
  readonly userId: string
  readonly anonymousId: string
  readonly firstName: string
  readonly lastName: string
  readonly email: string
  readonly city: string
  readonly company: string
  readonly ip: string
  readonly userAgent: string
  readonly locale: string
}

const firstNames = [
  'Zoë',
  'José',
  'Anna',
  'Björn',
  'Siobhán',
  '小明',
  'Ольга',
  'محمد',
  'Émile',
  'Nguyễn',
  'Peter',
  'Maria',
  'D’Arcy',
  '😀 Joy',
  'Łukasz',
  'Bob "Bobby"',
]
const lastNames = ['Müller', 'O’Brien', '王', 'Іваненко', 'Smith', 'García-Márquez', 'Ångström', 'de la Cruz', 'İnce']
const cities = [
  '北京',
  'Zürich',
  'São Paulo',
  'München',
  'Paris',
  'Kraków',
  'New York, NY',
  'Reykjavík',
  'القاهرة',
  '東京都',
]
const companies = [
  'Initech',
  'Grüne Wiese GmbH & Co. KG',
  'Back\\Slash Ltd',
  'Tab\tCorp',
  '株式会社ゆず',
  'A/B Testing, Inc.',
]
const locales = ['en-US', 'de-CH', 'fr-FR', 'zh-CN', 'pt-BR', 'ja-JP', 'en-GB']
const userAgents = [
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_14_4) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/74.0.3729.157 Safari/537.36',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:66.0) Gecko/20100101 Firefox/66.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 12_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.1 Mobile/15E148 Safari/604.1',
  'Dalvik/2.1.0 (Linux; U; Android 9; Pixel 3 Build/PQ2A.190405.003)',
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/73.0.3683.103 Safari/537.36',
]

const STREAM = 0x0070_656f

/** The customers of one set. A few of them make most of the events. */
export class People {
  private readonly seed: number
  private readonly popularity: Popularity
  private readonly known = new Map<number, Person>()

  constructor(seed: number, count: number) {
    this.seed = seed
    this.popularity = new Popularity(count, 50)
  }

  pick(random: Random): Person {
    const rank = this.popularity.pick(random)
    const known = this.known.get(rank)
    if (known !== undefined) return known
    const person = personOf(rank, new Random(this.seed, STREAM + rank))
    this.known.set(rank, person)
    return person
  }
}

function personOf(rank: number, random: Random): Person {
  return {
    userId: userIdOf(rank, random),
    anonymousId: random.uuid(),
    firstName: random.pick(firstNames),
    lastName: random.pick(lastNames),
    email: `customer+${rank}@example.com`,
    city: random.pick(cities),
    company: random.pick(companies),
    ip: `${random.between(1, 223)}.${random.below(256)}.${random.below(256)}.${random.between(1, 254)}`,
    userAgent: random.pick(userAgents),
    locale: random.pick(locales),
  }
}

/** Mostly ten digits, as in the workshop's data; else what shops use: UUIDs, Mongo ids, mail addresses, names. */
function userIdOf(rank: number, random: Random): string {
  const form = random.below(20)
  if (form < 14) return `${random.between(1, 9)}${random.digits(5)}${random.digits(4)}`
  if (form < 16) return random.uuid()
  if (form < 18) return random.hex(8) + random.hex(8) + random.hex(8)
  if (form < 19) return `customer+${rank}@example.com`
  return random.pick([
    `zoë.müller.${rank}`,
    `用户-${rank}`,
    `0${random.digits(5)}`,
    `ACME\\user ${rank}`,
    `user/${rank}`,
  ])
}
