import { isGzip, isPlain, MAGIC_BYTES, type ObjectInfo, type Store } from '@fletching/storage'

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

/**
 * Parts the input for threads. Plain files that can be read from any place on are cut; small objects are grouped, so that handing over
 * costs little; an object that is not plain is never cut, since it can only be read from its start, and what it is shows there alone.
 *
 * - `numbersLines`: nothing is cut, since who reads a range does not know how many lines come before it.
 *
 * The parts are a function of the input and of constants, never of how many threads there are: so are batches and row groups.
 *
 * - Errors: those of the store, about the first bytes of a large object.
 */
export async function planUnits(
  objects: readonly ObjectInfo[],
  store: Store,
  { numbersLines = false } = {},
): Promise<Unit[]> {
  const bytes = objects.reduce((sum, { size }) => sum + size, 0)
  const splitBytes = within(bytes / SPLITS, SPLIT_BYTES_MIN, SPLIT_BYTES_MAX)
  const groupBytesMax = within(bytes / GROUPS, GROUP_BYTES_MIN, GROUP_BYTES_MAX)
  const cut = numbersLines ? new Set() : await cuttable(objects, store, splitBytes)
  const units: Unit[] = []
  let group: Split[] = []
  let groupBytes = 0
  const endGroup = () => {
    if (group.length > 0) units.push({ number: units.length, splits: group })
    group = []
    groupBytes = 0
  }
  for (const [index, object] of objects.entries()) {
    if (cut.has(object)) {
      endGroup()
      for (let start = 0; start < object.size; start += splitBytes) {
        const end = start + 2 * splitBytes > object.size ? undefined : start + splitBytes
        units.push({ number: units.length, splits: [{ index, object, start, end }] })
        if (end === undefined) break
      }
      continue
    }
    if (groupBytes + object.size > groupBytesMax || group.length === GROUP_OBJECTS) endGroup()
    group.push({ index, object, start: 0, end: undefined })
    groupBytes += object.size
  }
  endGroup()
  return units
}

/** The object that is all of the input and is compressed: only one thread can inflate it, while another scans. */
export function soleArchive(units: readonly Unit[], store: Store): ObjectInfo | undefined {
  if (units.length !== 1 || units[0].splits.length !== 1) return undefined
  const [{ object }] = units[0].splits
  const magic = firstBytes(object, store)
  return magic !== undefined && isGzip(magic) ? object : undefined
}

/** The large objects that are plain and can be read from any place on. What an object is shows in its first bytes alone, never in its name. */
async function cuttable(
  objects: readonly ObjectInfo[],
  store: Store,
  splitBytes: number,
): Promise<ReadonlySet<ObjectInfo>> {
  const large = objects.filter(({ size }) => size > 2 * splitBytes)
  const plain = new Set<ObjectInfo>()
  const look = async (object: ObjectInfo) => {
    const magic = firstBytes(object, store) ?? (await firstBytesOfPart(object, store))
    if (magic !== undefined && isPlain(magic)) plain.add(object)
  }
  // A generator ends for all who take from it when one of them fails.
  const next = eachOf(large)
  const lookOn = async () => {
    for (const object of next) await look(object)
  }
  await Promise.all(Array.from({ length: LOOKS_AT_ONCE }, lookOn))
  return plain
}

function* eachOf<T>(items: readonly T[]): Generator<T> {
  yield* items
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
