import { contextOf } from './context.ts'
import { Fields } from './fields.ts'
import { isoMillis, momentOf } from './moment.ts'
import type { Person } from './people.ts'
import type { Random } from './random.ts'
import type { Source } from './source.ts'

/** What a message says by its type; the envelope holds the rest. */
export interface Body {
  readonly type: 'track' | 'identify' | 'page' | 'screen' | 'group' | 'alias'
  /** The type's own fields, such as `event` and `properties`, in order. */
  readonly own: readonly (readonly [name: string, value: string | Fields])[]
  /** A message of somebody who is logged in. */
  readonly known: boolean
}

/** Puts `body` into Segment's common fields, in the order of keys that `source` has. */
export function envelope(source: Source, person: Person, received: number, body: Body, random: Random): Fields {
  const { style } = source
  const moment = momentOf(received, random)
  const time = (ms: number, nanos: number) => source.time(ms, nanos, random)
  const eventTime = source.datesAlone && random.oneIn(400) ? (ms: number) => isoMillis(ms).slice(0, 10) : time
  const message = new Fields()
    .addText('messageId', messageIdOf(source, random), style)
    .addText('type', body.type, style)
    .addText('anonymousId', person.anonymousId, style)
  if (body.known) message.addText('userId', person.userId, style)
  else if (source.nobody === 'null') message.add('userId', 'null')
  for (const [name, value] of body.own) message.add(name, value)
  message
    .add('context', contextOf(source, person, random))
    .add(
      'integrations',
      random.oneIn(8) ? '{"All":false,"Google Analytics":{"clientId":"1033501218.1368477899"}}' : '{}',
    )
    .addText('channel', source.channel, style)
    .add('version', random.oneIn(10) ? '"1.1"' : '2')
    .addText('projectId', source.projectId, style)
    .addText('writeKey', source.writeKey, style)
    .addText('originalTimestamp', eventTime(moment.original, moment.nanos), style)
    .addText('sentAt', time(moment.sent, 0), style)
    .addText('receivedAt', isoMillis(moment.received), style)
    .addText('timestamp', eventTime(moment.timestamp, moment.nanos), style)
  if (source.keyOrder === 'shuffled') return message.shuffle(random)
  return source.keyOrder === 'sorted' ? message.sort() : message
}

function messageIdOf(source: Source, random: Random): string {
  return source.channel === 'browser'
    ? `ajs-${random.hex(8)}${random.hex(8)}${random.hex(8)}${random.hex(8)}`
    : random.uuid()
}
