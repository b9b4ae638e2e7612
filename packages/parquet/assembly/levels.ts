/*
 * The levels of the column at hand. An entry is a row, or within lists an item, a null list or an empty one; a slot is a place of the column's
 * values. An entry whose definition level says that there is a slot belongs to the next one; slots that lie under a null belong to none.
 */
import { isSet, isValid, validity } from './column'
import { putHybrid, putRun } from './hybrid'

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
 * @param scratch room for four bytes an entry.
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
  const bits = validity
  const start = out + 4
  if (definitions === 0 && (bits === 0 || nullable === 0)) {
    return counted(out, putRun(to - from, level + nullable, width, start))
  }
  if (definitions === 0 && live === 0) takeValidity(slot, slot + to - from, scratch)
  else takeDefinitions(from, to, slot, nullable, scratch)
  return counted(out, putHybrid(scratch, to - from, width, start))
}

/** Writes which list each of the entries goes on, each in so many bits; the bytes are counted before them. */
export function putRepetitions(from: u32, to: u32, width: u32, scratch: usize, out: usize): usize {
  const first = repetitions
  for (let entry = from, place = scratch; entry < to; entry++, place += 4) {
    store<u32>(place, load<u8>(first + usize(entry)))
  }
  return counted(out, putHybrid(scratch, to - from, width, out + 4))
}

/** The levels of slots, each of which belongs to an entry. */
function takeValidity(from: u32, to: u32, place: usize): void {
  const bits = validity
  const least = level
  for (let slot = from; slot < to; slot++, place += 4) store<u32>(place, least + u32(isSet(bits, slot)))
}

function takeDefinitions(from: u32, to: u32, slot: u32, nullable: u32, place: usize): void {
  const bits = validity
  const alive = live
  const first = definitions
  const slotLevel = level
  for (let entry = from; entry < to; entry++, place += 4) {
    let definition = first === 0 ? slotLevel : u32(load<u8>(first + usize(entry)))
    if (definition === slotLevel) {
      while (!isValid(alive, slot)) slot++
      definition += nullable & u32(isValid(bits, slot++))
    }
    store<u32>(place, definition)
  }
}

/** Writes how many bytes there are up to `end`, before them. */
function counted(out: usize, end: usize): usize {
  store<u32>(out, u32(end - out - 4))
  return end
}
