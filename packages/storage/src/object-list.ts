import { type BlockForm, PackedList } from '@fletching/columns/packed-list'
import { type Location, parseLocation } from './location.ts'
import { compareNames, type ObjectInfo } from './store.ts'

/** Objects in an order. Where there may be many, it is an `ObjectList`; a few may be in an array. */
export interface Objects extends Iterable<ObjectInfo> {
  readonly length: number
  at(index: number): ObjectInfo | undefined
}

/**
 * The objects of a listing.
 *
 * - Memory: what a name does not share with the one before it, its ETag, and some four bytes: for keys as Segment writes them some 90 bytes.
 */
export class ObjectList extends PackedList<ObjectInfo> implements Objects {
  #bytes = 0
  #largestBytes = 0

  constructor() {
    super(objectForm)
  }

  /** Stored bytes of all of them. */
  get bytes(): number {
    return this.#bytes
  }

  /** Of the largest of them. */
  get largestBytes(): number {
    return this.#largestBytes
  }

  override add(object: ObjectInfo): void {
    super.add(object)
    this.#bytes += object.size
    this.#largestBytes = Math.max(this.#largestBytes, object.size)
  }
}

/** Stored bytes of all objects. */
export function storedBytes(objects: Objects): number {
  if (objects instanceof ObjectList) return objects.bytes
  let bytes = 0
  for (const { size } of objects) bytes += size
  return bytes
}

const objectForm: BlockForm<ObjectInfo> = {
  write(objects, to) {
    let before = ''
    for (const { name, size, etag } of objects) {
      to.textBehind(before, name)
      to.number(size)
      to.optionalText(etag)
      before = name
    }
  },
  read(from, count) {
    let name = ''
    return Array.from({ length: count }, () => {
      name = from.textBehind(name)
      return { location: locationOf(name), name, size: from.number(), etag: from.optionalText() }
    })
  },
}

/** The location of an object that was listed. Paths are whole there; to find out costs more than all else that is done with most. */
function locationOf(name: string): Location {
  return name.startsWith('/') ? { scheme: 'file', path: name } : parseLocation(name)
}

/**
 * Puts objects that come from a listing into UTF-8 byte order of their names, each once: not every server that speaks S3's language lists in that order,
 * and some name an object twice at the border of two pages.
 *
 * - Memory: of a listing that is in order, nothing more; else all of its objects, unpacked, while they are sorted.
 */
export class ListingOrder {
  #objects = new ObjectList()
  #last: string | undefined
  #isOrdered = true

  add(object: ObjectInfo): void {
    const order = this.#last === undefined ? 1 : compareNames(object.name, this.#last)
    if (order === 0) return
    if (order < 0) this.#isOrdered = false
    this.#last = object.name
    this.#objects.add(object)
  }

  take(): ObjectList {
    if (this.#isOrdered) return this.#objects
    const sorted = [...this.#objects].sort((a, b) => compareNames(a.name, b.name))
    this.#objects = new ObjectList()
    this.#isOrdered = true
    this.#last = undefined
    for (const object of sorted) this.add(object)
    return this.#objects
  }
}
