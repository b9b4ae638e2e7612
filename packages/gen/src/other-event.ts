import { pageOf } from './context.ts'
import type { Body } from './envelope.ts'
import { Fields } from './fields.ts'
import { quote } from './json-text.ts'
import { isoMillis } from './moment.ts'
import type { Person } from './people.ts'
import { track } from './product-event.ts'
import type { Random } from './random.ts'
import type { Source } from './source.ts'

const screens = ['Home', 'Cart', 'Product Detail', 'Größenberater', '搜索']
const searches = [
  'boots',
  'größe 44',
  'say "hi"',
  '50% off',
  '北京 棉鞋',
  'c:\\temp',
  '👟👟',
  '<script>alert(1)</script>',
]

/** A track event that no shop item belongs to. */
export function otherTrack(source: Source, person: Person, random: Random): Body {
  const { style } = source
  const known = !random.oneIn(4)
  const roll = random.below(4)
  if (roll === 0) {
    const query = new Fields().addText('query', random.pick(searches), style).add('results', String(random.below(300)))
    return track(source, 'Products Searched', query, known)
  }
  if (roll === 1) {
    const video = new Fields()
      .addText('content_asset_id', `vid-${random.digits(4)}`, style)
      .add('position', String(random.below(900)))
      .add('full_screen', random.oneIn(2) ? 'true' : 'false')
    return track(source, 'Video Playback Started', video, known)
  }
  if (roll === 2) {
    const invited = new Fields().addText('Invited User?', random.oneIn(2) ? 'yes' : 'no', style)
    return track(source, 'Signed Up', invited.addText('plan', 'Pro – jährlich', style), known)
  }
  return track(source, 'Address Changed', new Fields().addText('City', person.city, style), known)
}

export function identify(source: Source, person: Person, random: Random): Body {
  return { type: 'identify', known: !random.oneIn(10), own: [['traits', traitsOf(source, person, random)]] }
}

/** Traits as people name them: with blanks and punctuation, in several cases, in any script. */
function traitsOf({ style }: Source, person: Person, random: Random): Fields {
  const traits = new Fields()
    .addText('firstName', person.firstName, style)
    .addText('Last Name', person.lastName, style)
    .addText('email', person.email, style)
    .add('Invited User?', random.oneIn(2) ? 'true' : 'false')
    .add('age', String(random.between(18, 90)))
    .addText('createdAt', isoMillis(1_500_000_000_000 + random.below(2_000_000) * 1000), style)
    .add('address', new Fields().addText('city', person.city, style).addText('postalCode', random.digits(5), style))
  if (random.oneIn(3)) traits.addText('lifetime value ($)', `${random.below(5000)}.50`, style)
  if (random.oneIn(4)) traits.addText('Company / Organisation', person.company, style)
  if (random.oneIn(6))
    traits.add('utm.source', 'null').add(quote('größe', style).slice(1, -1), String(random.between(36, 47)))
  if (random.oneIn(6))
    traits.addText('URL', 'https://a.example.com', style).addText('Url', 'https://b.example.com', style)
  return traits
}

export function page(source: Source, random: Random): Body {
  const properties = pageOf(source, random)
  const name = properties.get('title') as string
  return {
    type: 'page',
    known: !random.oneIn(2),
    own: [
      ['name', name],
      ['properties', properties],
    ],
  }
}

export function screen({ style }: Source, random: Random): Body {
  const properties = new Fields().addText('Feed Type', 'private', style).add('variation', String(random.below(3)))
  return {
    type: 'screen',
    known: !random.oneIn(3),
    own: [
      ['name', quote(random.pick(screens), style)],
      ['properties', properties],
    ],
  }
}

export function group({ style }: Source, person: Person, random: Random): Body {
  const traits = new Fields()
    .addText('name', person.company, style)
    .add('employees', String(random.between(1, 5000)))
    .addText('Plan Type?', 'enterprise', style)
  return {
    type: 'group',
    known: true,
    own: [
      ['groupId', quote(`g-${random.digits(4)}`, style)],
      ['traits', traits],
    ],
  }
}

export function alias({ style }: Source, person: Person): Body {
  return { type: 'alias', known: true, own: [['previousId', quote(person.anonymousId, style)]] }
}
