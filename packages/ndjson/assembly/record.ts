/*
 * What JavaScript is told of a line: the number of the line in its scan, where it starts and ends, what is known of it; then
 * its slots.
 */
import { pastContainer } from './items'
import { RECORDS } from './memory'
import { nodeCount } from './plan'
import { OBJECT, SLOT_BYTES, SLOT_END, SLOT_START } from './value'

export const RECORD_START: usize = 4
export const RECORD_END: usize = 8
export const RECORD_STATE: usize = 12
export const RECORD_SLOTS: usize = 16
/** States below zero; from zero on it is the step at which to go on. */
export const SLOW: i32 = -1
export const COUNTED: i32 = -2
/** Added to a step that has refused the line for a value not seen before. */
export const REFUSED_BY: i32 = 0x1000

// @ts-expect-error: decorator
@inline
export function recordBytes(): usize {
  return RECORD_SLOTS + usize(nodeCount()) * SLOT_BYTES
}

// @ts-expect-error: decorator
@inline
export function recordAt(number: u32): usize {
  return RECORDS + usize(number) * recordBytes()
}

/** Tells where the objects and arrays in the slots of a record end; the scan leaves most of that to those who want to know. */
export function endContainers(record: u32): void {
  const end = recordAt(record + 1)
  for (let slot = recordAt(record) + RECORD_SLOTS; slot < end; slot += SLOT_BYTES) {
    const start: usize = load<u32>(slot, SLOT_START)
    const isOpen = load<u32>(slot) >= OBJECT && usize(load<u32>(slot, SLOT_END)) === start
    if (isOpen) store<u32>(slot, u32(pastContainer(start)), SLOT_END)
  }
}
