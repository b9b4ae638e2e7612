import {
  isGzip,
  isPlain,
  MAGIC_BYTES,
  type ObjectInfo,
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
 * costs little; an object that is not plain is never cut, since it can only be read from its start, and what it is shows there alone.
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
  const splitBytes = within(bytes / SPLITS, SPLIT_BYTES_MIN, SPLIT_BYTES_MAX)
  const groupBytesMax = within(bytes / GROUPS, GROUP_BYTES_MIN, GROUP_BYTES_MAX)
  const cut: ReadonlySet<number> = numbersLines ? new Set() : await cuttable(objects, store, splitBytes)
  const units = new PlannedUnits(objects)
  let groupBytes = 0
  let groupCount = 0
  let index = 0
  for (const { size } of objects) {
    if (cut.has(index)) {
      for (let start = 0; start < size; start += splitBytes) {
        const end = start + 2 * splitBytes > size ? undefined : start + splitBytes
        units.addRange(index, { start, end })
        if (end === undefined) break
      }
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
    index++
  }
  return units
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
async function cuttable(objects: Objects, store: Store, splitBytes: number): Promise<ReadonlySet<number>> {
  const plain = new Set<number>()
  const look = async (index: number, object: ObjectInfo) => {
    const magic = firstBytes(object, store) ?? (await firstBytesOfPart(object, store))
    if (magic !== undefined && isPlain(magic)) plain.add(index)
  }
  // A generator ends for all who take from it when one of them fails.
  const next = largeOf(objects, splitBytes)
  const lookOn = async () => {
    for (const [index, object] of next) await look(index, object)
  }
  await Promise.all(Array.from({ length: LOOKS_AT_ONCE }, lookOn))
  return plain
}

function* largeOf(objects: Objects, splitBytes: number): Generator<[number, ObjectInfo]> {
  let index = 0
  for (const object of objects) {
    if (object.size > 2 * splitBytes) yield [index, object]
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

/** As few bytes as let threads end together, and else as many as spare what each split or group costs. */
function within(bytes: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, Math.floor(bytes)))
}

const MIB = 1024 * 1024
/** Large enough that finding its first line costs nothing. */
const SPLIT_BYTES_MIN = 16 * MIB
/** From here on a batch is full mostly before its split ends. */
const SPLIT_BYTES_MAX = 32 * MIB
/** As many splits as sixteen threads take in turns of two. */
const SPLITS = 32
/** A group ends a batch, so that small groups make many small batches; so many groups occupy all threads to the end. */
const GROUPS = 64
const GROUP_BYTES_MIN = MIB
const GROUP_BYTES_MAX = 16 * MIB
const GROUP_OBJECTS = 256
/** Small requests that go to a store side by side. */
const LOOKS_AT_ONCE = 16
