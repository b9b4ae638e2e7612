import { Fields } from './fields.ts'
import { quote } from './json-text.ts'
import type { Person } from './people.ts'
import type { Random } from './random.ts'
import type { Source } from './source.ts'

const pages = [
  ['/', 'Home'],
  ['/products', 'All products'],
  ['/products/shoes', 'Shoes & Boots'],
  ['/cart', 'Your “cart”'],
  ['/checkout?step=2', 'Checkout — step 2'],
  ['/größen/übersicht', 'Größen'],
  ['/搜索?q=北京', '搜索'],
  ['/blog/2019/05/18/how-to-tie', 'How to tie "laces" <b>fast</b>'],
] as const
const referrers = ['', 'https://www.google.com/', 'https://t.co/Ab3dE', 'https://news.example.org/a/b?c=d&e=f']
const campaigns = ['Frühling 2019', 'back to school', '50% off!', 'tgif']
const devices = ['Pixel 3', 'iPhone11,2', 'SM-G973F', 'MacBookPro15,1']

/** Where an event comes from: library, page, device, campaign. Half of a line's bytes, and none that the main job wants. */
export function contextOf(source: Source, person: Person, random: Random): Fields {
  const { style } = source
  const context = new Fields()
    .add(
      'library',
      new Fields().addText('name', source.library, style).addText('version', source.libraryVersion, style),
    )
    .addText('ip', person.ip, style)
    .addText('locale', person.locale, style)
    .addText('userAgent', person.userAgent, style)
  if (source.channel === 'browser') context.add('page', pageOf(source, random))
  if (source.channel === 'mobile') context.add('device', deviceOf(source, random))
  if (source.channel === 'server') context.addText('timezone', 'Europe/Zurich', style)
  if (random.oneIn(5)) context.add('campaign', campaignOf(source, random))
  return context
}

export function pageOf(source: Source, random: Random): Fields {
  const { style } = source
  const [path, title] = random.pick(pages)
  const query = path.indexOf('?')
  return new Fields()
    .addText('path', query < 0 ? path : path.slice(0, query), style)
    .addText('referrer', random.pick(referrers), style)
    .addText('search', query < 0 ? '' : path.slice(query), style)
    .addText('title', title, style)
    .addText('url', `https://shop.example.com${path}`, style)
}

function deviceOf({ style }: Source, random: Random): Fields {
  return new Fields()
    .addText('id', random.uuid().toUpperCase(), style)
    .addText('model', random.pick(devices), style)
    .add('adTrackingEnabled', random.oneIn(2) ? 'true' : 'false')
    .add('token', 'null')
}

/** Segment's own name for the campaign, and the name with a blank that the workshop's table maps. */
function campaignOf({ style }: Source, random: Random): Fields {
  const name = quote(random.pick(campaigns), style)
  return new Fields()
    .add(random.oneIn(2) ? 'name' : 'Campaign Name', name)
    .addText('source', 'Newsletter', style)
    .addText('medium', 'email', style)
    .addText('content', `variant ${random.pick(['A', 'B'])}`, style)
}
