import { compact, type JsonStyle } from './json-text.ts'
import { goTime, isoMillis, microsUtc, phpTime, rubyTime, type TimeForm } from './moment.ts'
import type { Random } from './random.ts'

/** One sender of events, with the habits of the SDK that it uses. */
export interface Source {
  readonly id: string
  readonly projectId: string
  readonly writeKey: string
  readonly library: string
  readonly libraryVersion: string
  readonly style: JsonStyle
  readonly time: TimeForm
  /** Now and then an event is dated by a day alone, as with Ruby's `Date`. */
  readonly datesAlone: boolean
  /** `fixed`: always the same order of keys; `sorted`: by name; `shuffled`: another one for each line. */
  readonly keyOrder: 'fixed' | 'sorted' | 'shuffled'
  readonly channel: 'browser' | 'server' | 'mobile'
  /** How an event says that nobody is logged in. */
  readonly nobody: 'null' | 'absent'
}

type Sdk = Omit<Source, 'id' | 'projectId' | 'writeKey'>

const sdks: readonly Sdk[] = [
  {
    library: 'analytics.js',
    libraryVersion: '3.9.0',
    style: compact,
    time: isoMillis,
    datesAlone: false,
    keyOrder: 'fixed',
    channel: 'browser',
    nobody: 'null',
  },
  {
    library: 'analytics-python',
    libraryVersion: '1.2.9',
    style: { escapes: 'ascii', colon: ': ', comma: ', ' },
    time: microsUtc,
    datesAlone: false,
    keyOrder: 'shuffled',
    channel: 'server',
    nobody: 'absent',
  },
  {
    library: 'analytics-ruby',
    libraryVersion: '2.2.7',
    style: compact,
    time: rubyTime(120),
    datesAlone: true,
    keyOrder: 'fixed',
    channel: 'server',
    nobody: 'absent',
  },
  {
    library: 'analytics-php',
    libraryVersion: '1.6.0',
    style: { escapes: 'php', colon: ':', comma: ',' },
    time: phpTime(330),
    datesAlone: false,
    keyOrder: 'shuffled',
    channel: 'server',
    nobody: 'absent',
  },
  {
    library: 'analytics-go',
    libraryVersion: '3.0.0',
    style: { escapes: 'html', colon: ':', comma: ',' },
    time: goTime(-420),
    datesAlone: false,
    keyOrder: 'sorted',
    channel: 'mobile',
    nobody: 'absent',
  },
]

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Source `index` of a set: sources take their SDKs in turn. */
export function sourceOf(index: number, random: Random): Source {
  return {
    id: letterText(10, random),
    projectId: letterText(10, random),
    writeKey: letterText(32, random),
    ...sdks[index % sdks.length],
  }
}

function letterText(length: number, random: Random): string {
  let text = ''
  for (let index = 0; index < length; index++) text += letters[random.below(letters.length)]
  return text
}
