/*
 * The least and the greatest value of the column at hand, of those that have been written so far. They mean nothing before the first.
 */
import { compareTexts, prefixOf } from './bytes'

export let leastWhole: i64 = 0
export let greatestWhole: i64 = 0
/** Of those that are numbers. */
export let leastReal: f64 = 0
export let greatestReal: f64 = 0
export let hasNaN: bool = false
/** Where they lie among the column's texts; 0 before the first. */
export let leastText: usize = 0
export let leastTextBytes: u32 = 0
export let greatestText: usize = 0
export let greatestTextBytes: u32 = 0
/** What both begin with. */
let leastPrefix: u64 = 0
let greatestPrefix: u64 = 0

/** Forgets what was met. */
export function openBounds(): void {
  leastWhole = i64.MAX_VALUE
  greatestWhole = i64.MIN_VALUE
  leastReal = Infinity
  greatestReal = -Infinity
  hasNaN = false
  leastText = 0
  greatestText = 0
}

// @ts-expect-error: decorator
@inline
export function meetWholes(least: i64, greatest: i64): void {
  leastWhole = min(leastWhole, least)
  greatestWhole = max(greatestWhole, greatest)
}

// @ts-expect-error: decorator
@inline
export function meetReal(value: f64): void {
  if (value < leastReal) leastReal = value
  if (value > greatestReal) greatestReal = value
  if (isNaN(value)) hasNaN = true
}

/** Texts are in the order of their bytes. */
// @ts-expect-error: decorator
@inline
export function meetText(at: usize, bytes: u32): void {
  const prefix = prefixOf(at, bytes)
  // Nearly always the first eight bytes decide.
  if (prefix <= leastPrefix || leastText === 0) meetLeast(at, bytes, prefix)
  if (prefix >= greatestPrefix || greatestText === 0) meetGreatest(at, bytes, prefix)
}

function meetLeast(at: usize, bytes: u32, prefix: u64): void {
  if (leastText !== 0 && prefix === leastPrefix && compareTexts(at, bytes, leastText, leastTextBytes) >= 0) return
  leastText = at
  leastTextBytes = bytes
  leastPrefix = prefix
}

function meetGreatest(at: usize, bytes: u32, prefix: u64): void {
  if (greatestText !== 0 && prefix === greatestPrefix && compareTexts(at, bytes, greatestText, greatestTextBytes) <= 0)
    return
  greatestText = at
  greatestTextBytes = bytes
  greatestPrefix = prefix
}
