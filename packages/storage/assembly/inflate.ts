import { copyBytes, count, drop, end, fill, giveBack, has, held, next, open, reset as resetBits, take } from './bits'
import {
  BLOCK_END,
  LENGTH_CODE_BITS,
  readCodes,
  readFixedCodes,
  readLengthCode,
  writeConstants,
} from './codes'
import { INPUT, LENGTH_CODES, LENGTHS, WINDOW, WINDOW_LIMIT } from './memory'
import {
  advance,
  AT_BLOCK_END,
  LACKS_BITS,
  LACKS_ROOM,
  NO_DISTANCE,
  NO_SYMBOL,
  out,
  readSymbols,
  resetWindow,
  slideWindow,
} from './symbols'

/** What `inflate` returns. */
const WANTS_INPUT: u32 = 0
const WANTS_ROOM: u32 = 1
const AT_END: u32 = 2
// Whatever is above says what is wrong; the texts are in raw-inflate.ts.
const BAD_BLOCK: u32 = 3
const BAD_STORED: u32 = 4
const TOO_MANY_CODES: u32 = 5
const BAD_LENGTH_CODE: u32 = 6
const BAD_REPEAT: u32 = 7
const NO_BLOCK_END: u32 = 8
const BAD_CODE: u32 = 9
const BAD_SYMBOL: u32 = 10
const BAD_DISTANCE: u32 = 11
const BAD_PLACE: u32 = 12

/** What comes next in the data. */
const BLOCK: u32 = 0
const STORED_LENGTH: u32 = 1
const STORED: u32 = 2
const CODE_COUNTS: u32 = 3
const LENGTH_CODE: u32 = 4
const CODE_LENGTHS: u32 = 5
const SYMBOLS: u32 = 6
const NOTHING: u32 = 7

/** The order of the lengths of the code that lengths of codes are written in. */
const LENGTH_ORDER: usize = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15])
const LENGTH_SYMBOLS: u32 = 19

let state: u32 = BLOCK
let isLast: bool = false
/** Bytes of a stored block that are still to come. */
let storedBytes: u32 = 0
/** How many codes a block has, and how many of their lengths are known. */
let literals: u32 = 0
let distances: u32 = 0
let lengthCodes: u32 = 0
let known: u32 = 0
/** Whether the tables are those of the fixed code. */
let isFixed: bool = false

writeConstants()

/** Begins a new stream of data. */
export function reset(): void {
  resetBits()
  resetWindow()
  state = BLOCK
  isLast = false
}

/** Makes room in the window, of which everything has been fetched. */
export function slide(): void {
  slideWindow()
}

/** How much of the input the last call of `inflate` used. */
export function consumed(): usize {
  return next - INPUT
}

/** Where the content ends that is in the window. */
export function produced(): usize {
  return out
}

/** Inflates so many bytes of input, until they are used up, the window is full, or the data end. */
export function inflate(byteLength: usize): u32 {
  open(byteLength)
  const how = readBlocks()
  if (how !== WANTS_INPUT) giveBack()
  return how
}

function readBlocks(): u32 {
  while (true) {
    switch (state) {
      case BLOCK: {
        if (isLast) {
          drop(count & 7)
          state = NOTHING
          break
        }
        if (!has(3)) return WANTS_INPUT
        isLast = take(1) === 1
        const kind = take(2)
        if (kind === 0) {
          drop(count & 7)
          state = STORED_LENGTH
        } else if (kind === 1) {
          if (!isFixed) readFixedCodes()
          isFixed = true
          state = SYMBOLS
        } else if (kind === 2) state = CODE_COUNTS
        else return BAD_BLOCK
        break
      }
      case STORED_LENGTH: {
        if (!has(32)) return WANTS_INPUT
        storedBytes = take(16)
        if ((take(16) ^ 0xffff) !== storedBytes) return BAD_STORED
        state = STORED
        break
      }
      case STORED: {
        const there = end - next + (count >> 3)
        const bytes = min<usize>(min<usize>(storedBytes, there), WINDOW_LIMIT - min(out, WINDOW_LIMIT))
        copyBytes(out, bytes)
        advance(bytes)
        storedBytes -= <u32>bytes
        if (storedBytes > 0) return bytes === there ? WANTS_INPUT : WANTS_ROOM
        state = BLOCK
        break
      }
      case CODE_COUNTS: {
        if (!has(14)) return WANTS_INPUT
        literals = take(5) + 257
        distances = take(5) + 1
        lengthCodes = take(4) + 4
        if (literals > 286 || distances > 30) return TOO_MANY_CODES
        memory.fill(LENGTHS, 0, LENGTH_SYMBOLS)
        known = 0
        state = LENGTH_CODE
        break
      }
      case LENGTH_CODE: {
        for (; known < lengthCodes; known++) {
          if (!has(3)) return WANTS_INPUT
          store<u8>(LENGTHS + load<u8>(LENGTH_ORDER + known), <u8>take(3))
        }
        if (!readLengthCode()) return BAD_LENGTH_CODE
        known = 0
        state = CODE_LENGTHS
        break
      }
      case CODE_LENGTHS: {
        const how = readLengths()
        if (how !== AT_END) return how
        if (load<u8>(LENGTHS + BLOCK_END) === 0) return NO_BLOCK_END
        isFixed = false
        if (!readCodes(literals, distances)) return BAD_CODE
        state = SYMBOLS
        break
      }
      case SYMBOLS: {
        const how = readSymbols()
        if (how === AT_BLOCK_END) state = BLOCK
        else if (how === LACKS_BITS) return WANTS_INPUT
        else if (how === LACKS_ROOM) return WANTS_ROOM
        else return how === NO_SYMBOL ? BAD_SYMBOL : how === NO_DISTANCE ? BAD_DISTANCE : BAD_PLACE
        break
      }
      default:
        return AT_END
    }
  }
}

/** Reads the lengths of all codes, some of which stand for several. */
function readLengths(): u32 {
  const all = literals + distances
  while (known < all) {
    if (count < 14) fill()
    const entry = load<u32>(LENGTH_CODES + (<usize>(held & ((1 << LENGTH_CODE_BITS) - 1)) << 2))
    const bits = entry & 0xff
    const symbol = entry >> 8
    if (symbol < 16) {
      if (bits > count) return WANTS_INPUT
      drop(bits)
      store<u8>(LENGTHS + known++, <u8>symbol)
      continue
    }
    const more: u32 = symbol === 16 ? 2 : symbol === 17 ? 3 : 7
    if (bits + more > count) return WANTS_INPUT
    drop(bits)
    const repeats = take(more) + (symbol === 18 ? 11 : 3)
    if (known + repeats > all || (symbol === 16 && known === 0)) return BAD_REPEAT
    memory.fill(LENGTHS + known, symbol === 16 ? load<u8>(LENGTHS + known - 1) : 0, repeats)
    known += repeats
  }
  return AT_END
}
