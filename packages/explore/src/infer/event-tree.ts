/*
 * How it works: a line is walked once, from value to value, and each value leaves an entry on a tape: whose it is, where it stands, and where the
 * tape goes on behind all that lies in it. Nothing is counted yet. When the line is over, the entries are counted one after the other.
 *
 * Why: of a key that comes twice in an object the last value counts, as everywhere, and what the first one held must leave no trace. With a tape
 * its entry is struck out. A limit that is passed in the middle of a line closes an object, perhaps one that is being walked: the tape is
 * thrown away and the line walked again.
 */
import { ESCAPED_STRING, nextToken, pastValue, stringEnd, stringKind, unescapeText } from '@fletching/ndjson'
import { FieldNode } from './field-node.ts'
import type { Kind, Place } from './kinds.ts'
import { numberKind } from './number-kind.ts'
import { isMoment } from './text-kind.ts'

export interface TreeLimits {
  /** Fields in all, those of a schema file not counted. */
  readonly fieldsMax: number
  /** Different keys of the objects at one place. */
  readonly objectFieldsMax: number
  /** Objects and lists within each other; a column is 1 deep. */
  readonly structDepthMax: number
}

/** What the events of many lines hold, as a tree of fields with what stood at each; see the head of this file. */
export class EventTree {
  readonly root = new FieldNode('', true)
  readonly #limits: TreeLimits
  readonly #onTooMany: () => Error
  /** Of each entry: whose it is, undefined where a later value of its key counts instead. */
  readonly #nodes: (FieldNode | undefined)[] = []
  /** Of each entry: where its value begins and ends, and the entry behind all that lies in it. */
  #places = new Int32Array(3 * 256)
  #used = 0
  /** Fields that no schema file has. */
  #fields = 0
  /** Objects walked so far, which tells a repeated key from one of the next object. */
  #objects = 0
  #isPassed = false
  #scratch = new Uint8Array(256)

  /** - Errors: what `onTooMany` gives, thrown by `add` when the limit on all fields is passed by those of the events themselves. */
  constructor(limits: TreeLimits, onTooMany: () => Error) {
    this.#limits = limits
    this.#onTooMany = onTooMany
  }

  /** Adds a line that is known to be a valid object; `placeOf` tells where a byte of it stands. */
  add(bytes: Uint8Array, start: number, placeOf: (at: number) => Place): void {
    const first = nextToken(bytes, start)
    do {
      this.#used = 0
      this.#isPassed = false
      this.#object(bytes, first, this.root, 1)
    } while (this.#isPassed)
    if (this.root.add('object')) this.root.mark('object', placeOf(first))
    for (let at = 0; at < this.#used; ) {
      const node = this.#nodes[at]
      if (node === undefined) at = this.#places[3 * at + 2]
      else this.#count(node, bytes, 3 * at++, placeOf)
    }
  }

  #count(node: FieldNode, bytes: Uint8Array, place: number, placeOf: (at: number) => Place): void {
    const start = this.#places[place]
    const kind = this.#kindOf(bytes, start, this.#places[place + 1])
    if (kind === undefined) node.addNull()
    else if (node.add(kind)) node.mark(kind, placeOf(start))
  }

  #kindOf(bytes: Uint8Array, start: number, end: number): Kind | undefined {
    switch (bytes[start]) {
      case QUOTE:
        return this.#isMoment(bytes, start + 1, end - 1) ? 'moment' : 'text'
      case OPEN_BRACE:
        return 'object'
      case OPEN_BRACKET:
        return 'list'
      case LOWER_T:
      case LOWER_F:
        return 'bool'
      case LOWER_N:
        return undefined
      default:
        return numberKind(bytes, start, end)
    }
  }

  #isMoment(bytes: Uint8Array, start: number, end: number): boolean {
    // However it is escaped, no moment is written in more than six bytes for each of its characters.
    if (end - start > 180) return false
    if (stringKind(bytes, start, end) !== ESCAPED_STRING) return isMoment(bytes, start, end)
    return isMoment(this.#scratch, 0, unescapeText(bytes, start, end, this.#scratch).length)
  }

  /** Puts the value that begins at `start` on the tape, and gives the first byte behind it. */
  #value(bytes: Uint8Array, start: number, node: FieldNode, depth: number): number {
    const at = this.#used++
    if (3 * this.#used > this.#places.length) {
      const grown = new Int32Array(2 * this.#places.length)
      grown.set(this.#places)
      this.#places = grown
    }
    node.entry = at
    this.#nodes[at] = node
    const end = this.#below(bytes, start, node, depth)
    this.#places[3 * at] = start
    this.#places[3 * at + 1] = end
    this.#places[3 * at + 2] = this.#used
    return end
  }

  #below(bytes: Uint8Array, start: number, node: FieldNode, depth: number): number {
    const first = bytes[start]
    if (first !== OPEN_BRACE && first !== OPEN_BRACKET) return pastValue(bytes, start)
    if (depth >= this.#limits.structDepthMax && node.members.size === 0 && node.item === undefined)
      node.opaque ??= 'depth'
    if (node.opaque !== undefined || this.#isPassed) return pastValue(bytes, start)
    return first === OPEN_BRACE
      ? this.#object(bytes, start, node, depth + 1)
      : this.#list(bytes, start, node, depth + 1)
  }

  #list(bytes: Uint8Array, start: number, node: FieldNode, depth: number): number {
    let at = nextToken(bytes, start + 1)
    while (bytes[at] !== CLOSE_BRACKET) {
      node.item ??= new FieldNode('')
      at = nextToken(bytes, this.#value(bytes, at, node.item, depth))
    }
    return at + 1
  }

  #object(bytes: Uint8Array, start: number, node: FieldNode, depth: number): number {
    const object = ++this.#objects
    let at = nextToken(bytes, start + 1)
    while (bytes[at] !== CLOSE_BRACE) {
      // The line is walked again.
      if (this.#isPassed) return pastValue(bytes, start)
      const close = stringEnd(bytes, at + 1)
      const member = this.#member(node, this.#text(bytes, at + 1, close))
      if (member === undefined) continue
      if (member.seenIn === object) this.#nodes[member.entry] = undefined
      member.seenIn = object
      at = nextToken(bytes, this.#value(bytes, nextToken(bytes, close + 1), member, depth))
    }
    return at + 1
  }

  #text(bytes: Uint8Array, start: number, end: number): string {
    if (stringKind(bytes, start, end) !== ESCAPED_STRING) return UTF8.decode(bytes.subarray(start, end))
    if (end - start > this.#scratch.length) this.#scratch = new Uint8Array(end - start)
    const { length } = unescapeText(bytes, start, end, this.#scratch)
    return UTF8.decode(this.#scratch.subarray(0, length))
  }

  /** The member of a key; undefined where it is one too many, and some object was closed for it. */
  #member(node: FieldNode, key: string): FieldNode | undefined {
    const known = node.members.get(key)
    if (known !== undefined) return known
    if (node !== this.root && node.foundMembers >= this.#limits.objectFieldsMax) this.#close(node)
    else if (this.#fields >= this.#limits.fieldsMax) this.#close(this.#widest())
    else {
      const member = new FieldNode(key)
      node.members.set(key, member)
      this.#fields++
      return member
    }
    this.#isPassed = true
    return undefined
  }

  #close(node: FieldNode): void {
    this.#fields -= foundBelow(node)
    node.close('keys')
  }

  /** Of all objects within the events the one with the most keys that no schema file has; of equal ones the first. */
  #widest(): FieldNode {
    let widest: FieldNode | undefined
    const look = (node: FieldNode) => {
      if (node !== this.root && node.foundMembers > (widest?.foundMembers ?? 0)) widest = node
      for (const member of node.members.values()) look(member)
      if (node.item !== undefined) look(node.item)
    }
    look(this.root)
    if (widest === undefined) throw this.#onTooMany()
    return widest
  }
}

function foundBelow(node: FieldNode): number {
  let count = node.item === undefined ? 0 : foundBelow(node.item)
  for (const member of node.members.values()) count += foundBelow(member) + (member.isDeclared ? 0 : 1)
  return count
}

const QUOTE = 0x22
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const LOWER_F = 0x66
const LOWER_N = 0x6e
const LOWER_T = 0x74
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true })
