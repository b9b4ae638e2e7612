import {
  isGzip,
  isPlain,
  MAGIC_BYTES,
  type ObjectInfo,
  ObjectList,
  type Objects,
  type Store,
  storedBytes,
} from '@fletching/storage'

/** A part of an object that is read in one go: the whole of it, or the lines that begin in a range of a plain one. */
export interface Split {
  /** The object's place in the order of the input. */
  readonly index: number
  readonly object: ObjectInfo
  readonly start: number
  /** Undefined for the object's end. */
  readonly end: number | undefined
}

/** What a thread takes at once: one split, or several small objects. */
export interface Unit {
  /** Its place in the order of the input. */
  readonly number: number
  readonly splits: readonly Split[]
}

/** The units of an input in their order, made as they are asked for: of the same number, equal ones. */
export interface Units extends Iterable<Unit> {
  readonly length: number
  at(number: number): Unit | undefined
}

/**
 * Parts the input for threads. Plain files that can be read from any place on are cut; small objects are grouped, so that handing over
 * costs little; an object that is not plain is never cut, since it can only be read from its start, and what it is shows there alone. Towards the end of
 * the input parts become small, so that all threads end at about the same time.
 *
 * - `numbersLines`: nothing is cut, since who reads a range does not know how many lines come before it.
 *
 * The parts are a function of the input and of constants, never of how many threads there are: so are batches and row groups.
 *
 * - Memory: where each unit begins.
 * - Errors: those of the store, about the first bytes of a large object.
 */
export async function planUnits(objects: Objects, store: Store, { numbersLines = false } = {}): Promise<Units> {
  const bytes = storedBytes(objects)
  const cut: ReadonlySet<number> = numbersLines ? new Set() : await cuttable(objects, store, bytes)
  const units = new PlannedUnits(objects)
  const groupBytesMax = within(bytes / GROUPS, GROUP_BYTES_MIN, GROUP_BYTES_MAX)
  let groupBytes = 0
  let groupCount = 0
  let left = bytes
  let index = 0
  for (const { size } of objects) {
    if (cut.has(index)) {
      for (const range of rangesOf(size, left)) units.addRange(index, range)
      groupCount = 0
    } else {
      if (groupCount === 0 || groupBytes + size > groupBytesMax || groupCount === GROUP_OBJECTS) {
        units.addGroup(index)
        groupBytes = 0
        groupCount = 0
      }
      groupBytes += size
      groupCount++
    }
    left -= size
    index++
  }
  return units
}

/** The ranges of an object with which so many bytes are left. */
function* rangesOf(size: number, left: number): Generator<Range> {
  for (let start = 0; start < size; ) {
    const bytes = within((left - start) / RANGES_LEFT, RANGE_BYTES_MIN, RANGE_BYTES_MAX)
    const end = start + 1.5 * bytes < size ? start + bytes : undefined
    yield { start, end }
    start = end ?? size
  }
}

type Range = Pick<Split, 'start' | 'end'>

class PlannedUnits implements Units {
  readonly #objects: Objects
  /** The first object of each unit; the last of a group is the one before that of the next. */
  readonly #firsts: number[] = []
  /** Of the units that are ranges, by their numbers. */
  readonly #ranges = new Map<number, Range>()

  constructor(objects: Objects) {
    this.#objects = objects
  }

  get length(): number {
    return this.#firsts.length
  }

  addGroup(first: number): void {
    this.#firsts.push(first)
  }

  addRange(index: number, range: Range): void {
    this.#ranges.set(this.#firsts.length, range)
    this.#firsts.push(index)
  }

  at(number: number): Unit | undefined {
    if (number >= this.#firsts.length) return undefined
    const first = this.#firsts[number]
    const range = this.#ranges.get(number)
    if (range !== undefined) return { number, splits: [this.#split(first, range)] }
    const end = this.#firsts[number + 1] ?? this.#objects.length
    return { number, splits: Array.from({ length: end - first }, (_, at) => this.#split(first + at, WHOLE)) }
  }

  *[Symbol.iterator](): Generator<Unit> {
    for (let number = 0; number < this.length; number++) yield this.at(number) as Unit
  }

  #split(index: number, { start, end }: Range): Split {
    return { index, object: this.#objects.at(index) as ObjectInfo, start, end }
  }
}

const WHOLE: Range = { start: 0, end: undefined }

/** The object that is all of the input and is compressed: only one thread can inflate it, while another scans. */
export function soleArchive(units: Units, store: Store): ObjectInfo | undefined {
  const [split, ...others] = units.length === 1 ? (units.at(0)?.splits ?? []) : []
  if (split === undefined || others.length > 0) return undefined
  const { object } = split
  const magic = firstBytes(object, store)
  return magic !== undefined && isGzip(magic) ? object : undefined
}

/** The places of the large objects that are plain and can be read from any place on. What an object is shows in its first bytes alone, never in its name. */
async function cuttable(objects: Objects, store: Store, bytes: number): Promise<ReadonlySet<number>> {
  const plain = new Set<number>()
  const look = async (index: number, object: ObjectInfo) => {
    const magic = firstBytes(object, store) ?? (await firstBytesOfPart(object, store))
    if (magic !== undefined && isPlain(magic)) plain.add(index)
  }
  // A generator ends for all who take from it when one of them fails.
  const next = largeOf(objects, within(bytes / LARGE_OBJECTS, LARGE_BYTES_MIN, LARGE_BYTES_MAX))
  const lookOn = async () => {
    for (const [index, object] of next) await look(index, object)
  }
  await Promise.all(Array.from({ length: LOOKS_AT_ONCE }, lookOn))
  return plain
}

function* largeOf(objects: Objects, bytesMax: number): Generator<[number, ObjectInfo]> {
  if (objects instanceof ObjectList && objects.largestBytes <= bytesMax) return
  let index = 0
  for (const object of objects) {
    if (object.size > bytesMax) yield [index, object]
    index++
  }
}

/** Undefined where the store gives no parts, or could give those of different versions. */
async function firstBytesOfPart(object: ObjectInfo, store: Store): Promise<Uint8Array | undefined> {
  if (store.readPart === undefined || object.etag === undefined) return undefined
  const pieces: Uint8Array[] = []
  for await (const bytes of store.readPart(object, 0, MAGIC_BYTES)) pieces.push(bytes)
  return Buffer.concat(pieces)
}

/** Undefined where they cannot be had without waiting. */
function firstBytes(object: ObjectInfo, store: Store): Uint8Array | undefined {
  for (const bytes of store.readSync?.(object, 0, () => new Uint8Array(MAGIC_BYTES)) ?? []) return bytes
  return undefined
}

function within(bytes: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, Math.floor(bytes)))
}

const MIB = 1024 * 1024
/** A smaller object is not worth looking into, which is a request where its store is far away. */
const LARGE_BYTES_MIN = 24 * MIB
const LARGE_BYTES_MAX = 48 * MIB
const LARGE_OBJECTS = 20
/** A range is so much of what is left. */
const RANGES_LEFT = 8
/** To scan it takes some ten milliseconds, and to begin and end it one. */
const RANGE_BYTES_MIN = 8 * MIB
/** From here on a batch is full mostly before its range ends. */
const RANGE_BYTES_MAX = 32 * MIB
/** A group ends a batch, so that small groups make many small batches; so many groups occupy all threads to the end. */
const GROUPS = 64
const GROUP_BYTES_MIN = MIB
const GROUP_BYTES_MAX = 16 * MIB
const GROUP_OBJECTS = 256
/** Small requests that go to a store side by side. */
const LOOKS_AT_ONCE = 16
