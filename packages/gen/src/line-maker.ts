import { type Body, envelope } from './envelope.ts'
import type { Fields } from './fields.ts'
import type { Settings } from './options.ts'
import { alias, group, identify, otherTrack, page, screen } from './other-event.ts'
import { People, type Person } from './people.ts'
import { productEvent, wantedEvent } from './product-event.ts'
import { Random } from './random.ts'
import { Shop } from './shop.ts'
import type { Source } from './source.ts'
import { type TrapKind, trapOf } from './traps.ts'

/** A line without its line feed, and the trap that it is. */
export interface Line {
  readonly content: string | Uint8Array
  readonly trap: TrapKind | undefined
}

const RECENT_MAX = 64
const STREAM = 0x0074_7261

/** Makes the lines of one set, one after the other. */
export class LineMaker {
  private readonly people: People
  private readonly trapOrder: readonly TrapKind[]
  private readonly trapBound: number
  private trapsMade = 0
  private readonly recent: string[] = []
  private readonly shop: Shop | undefined

  constructor({ seed, eventsExpected, traps, trapKinds, kind }: Settings) {
    this.people = new People(seed, Math.max(50, Math.min(200_000, Math.floor(eventsExpected / 12))))
    this.trapOrder = new Random(seed, STREAM).shuffle([...trapKinds])
    this.trapBound = traps * 0x1_0000_0000
    this.shop = kind === 'ecommerce' ? new Shop() : undefined
  }

  /** The next line of `source`, which arrives at `received`. The first line of a set is never a trap. */
  next(source: Source, received: number, random: Random): Line {
    const person = this.people.pick(random)
    if (this.recent.length === 0) return this.wanted(source, person, received, random)
    if (random.next() < this.trapBound) return this.trap(source, person, received, random)
    if (this.shop !== undefined) {
      const { person: doer, body } = this.shop.deed(source, person, random)
      return { content: envelope(source, doer, received, body, random).format(source.style), trap: undefined }
    }
    const roll = random.below(1000)
    if (roll < 220) return this.wanted(source, person, received, random)
    const body = roll < 333 ? productEvent(source, random) : otherBody(roll, source, person, random)
    return { content: envelope(source, person, received, body, random).format(source.style), trap: undefined }
  }

  private wanted(source: Source, person: Person, received: number, random: Random): Line {
    const content = wantedMessage(source, person, received, random).format(source.style)
    if (this.recent.length < RECENT_MAX) this.recent.push(content)
    else this.recent[random.below(RECENT_MAX)] = content
    return { content, trap: undefined }
  }

  /** Kinds come in turn, so that each is there as soon as there are as many traps as kinds. */
  private trap(source: Source, person: Person, received: number, random: Random): Line {
    const kind = this.trapOrder[this.trapsMade++ % this.trapOrder.length]
    const message = wantedMessage(source, person, received, random)
    return { content: trapOf(kind).spoil(message, { source, random, recent: this.recent }), trap: kind }
  }
}

function wantedMessage(source: Source, person: Person, received: number, random: Random): Fields {
  return envelope(source, person, received, wantedEvent(source, random), random)
}

/** Messages that have nothing to do with products, by a roll from 333 to 999. */
function otherBody(roll: number, source: Source, person: Person, random: Random): Body {
  if (roll < 540) return otherTrack(source, person, random)
  if (roll < 790) return page(source, random)
  if (roll < 885) return identify(source, person, random)
  if (roll < 955) return screen(source, random)
  return roll < 985 ? group(source, person, random) : alias(source, person)
}
