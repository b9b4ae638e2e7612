/*
 * The levels of the column at hand. An entry is a row, or within lists an item, a null list or an empty one; a slot is a place of the column's
 * values. An entry whose definition level says that there is a slot belongs to the next one; slots that lie under a null belong to none.
 */
import { isValid, validity } from './column'
import { putLevels, putRun } from './hybrid'

/** For each entry a byte: how far it is defined, up to `level`; 0 where all have a slot. */
let definitions: usize = 0
/** For each entry a byte: which list it goes on, 0 for a new row. */
let repetitions: usize = 0
/** Bits, 1 = the slot belongs to an entry; 0 where all do. */
let live: usize = 0
/** The definition level of an entry that has a slot. */
let level: u32 = 0

/** Takes the levels of a column in hand. */
export function openLevels(definitionsAt: usize, repetitionsAt: usize, liveAt: usize, slotLevel: u32): void {
  definitions = definitionsAt
  repetitions = repetitionsAt
  live = liveAt
  level = slotLevel
}

/**
 * Writes how far each of the entries is defined, each in so many bits; the bytes are counted before them.
 *
 * @param slot that of the first entry that has one.
 * @param nullable 1 where a value makes a level more than its slot, else 0.
 * @param scratch room for a byte an entry.
 */
export function putDefinitions(
  from: u32,
  to: u32,
  slot: u32,
  nullable: u32,
  width: u32,
  scratch: usize,
  out: usize,
): usize {
  const start = out + 4
  const first: usize = definitions === 0 ? 0 : definitions + usize(from)
  if (first === 0 && (validity === 0 || nullable === 0)) {
    return counted(out, putRun(to - from, level + nullable, width, start))
  }
  if (nullable === 0) return counted(out, putLevels(first, to - from, width, start))
  if (repetitions === 0 && validity !== 0) addValidity(first, slot, to - from, scratch)
  else takeDefinitions(first, to - from, slot, scratch)
  return counted(out, putLevels(scratch, to - from, width, start))
}

/** Writes which list each of the entries goes on, each in so many bits; the bytes are counted before them. */
export function putRepetitions(from: u32, to: u32, width: u32, out: usize): usize {
  return counted(out, putLevels(repetitions + usize(from), to - from, width, out + 4))
}

/** The levels of rows, each of which has a slot, if only one under a null: one more where there is a value; eight at a time. */
function addValidity(first: usize, slot: u32, count: u32, place: usize): void {
  const bits = validity
  const least = u64(level) * EIGHT
  for (const end = place + usize(count); place < end; place += 8, slot += 8) {
    const eight = u64(load<u16>(bits + usize(slot >> 3)) >> u16(slot & 7)) & 0xff
    // Each bit at its place in a byte of its own, and then as 1.
    const spread = (((eight * EIGHT) & 0x8040_2010_0804_0201) + 0x7f7f_7f7f_7f7f_7f7f) >>> 7
    store<u64>(place, (first === 0 ? least : load<u64>(first)) + (spread & EIGHT))
    if (first !== 0) first += 8
  }
}

function takeDefinitions(first: usize, count: u32, slot: u32, place: usize): void {
  const bits = validity
  const alive = live
  const slotLevel = level
  for (const end = first + usize(count); first < end; first++, place++) {
    let definition = u32(load<u8>(first))
    if (definition === slotLevel) {
      while (!isValid(alive, slot)) slot++
      definition += u32(isValid(bits, slot++))
    }
    store<u8>(place, u8(definition))
  }
}

/** Writes how many bytes there are up to `end`, before them. */
function counted(out: usize, end: usize): usize {
  store<u32>(out, u32(end - out - 4))
  return end
}

/** A byte eight times. */
const EIGHT: u64 = 0x0101_0101_0101_0101
