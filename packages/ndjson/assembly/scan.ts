/*
 * How it works: the line is read in blocks of 64 bytes, counted from its first byte. For each block, SIMD comparisons give one mask of 64 bits
 * for each kind of byte, and arithmetic on the masks decides the grammar for all 64 bytes at once; an addition, for
 * instance, carries a bit through a run of blanks, or from a key's opening quote to its closing one. Keys and scalars are listed by address
 * and looked at when the line is over.
 *
 * Why: it recognises most valid lines and nothing else. What it is not sure of (a wanted key that may be escaped, a tab between tokens, depth over
 * 62 or over the limit, any error) it hands to the strict scanner, which decides. So an oddity costs time and never a wrong verdict, and
 * no error needs a place here.
 *
 * Advice for the next person: keep all state of the block loop in locals, since globals are memory; prefer masks to branches, since keys and
 * values come in no order that a predictor could learn. The fuzzer holds every verdict and every slot against the strict scanner: run it for
 * millions of lines after any change, it has found what thinking had not.
 *
 * Source: Langdale and Lemire, "Parsing Gigabytes of JSON per Second" (2019), for quotes and escapes.
 */
import {
  BACKSLASH,
  BLANK,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  CR,
  LF,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from './bytes'
import { isEscape } from './escape'
import { beginRecord } from './found'
import { endContainer, fillSlots, mayBeWanted } from './keys'
import { equal, prefixXor, signs } from './masks'
import {
  BLOCK_BYTES,
  BLOCK_CLOSES,
  BLOCK_DEPTH,
  BLOCK_ENTRY_BYTES,
  BLOCK_STOPS,
  BLOCKS,
  BLOCKS_END,
  COUNTS,
  KEYS,
  RECORDS,
  RECORDS_BYTES,
  REFUSED,
  SCALARS,
  STEPS_MAX,
} from './memory'
import {
  endedNodes,
  FALSE,
  firstSearch,
  firstStepCount,
  lineBytesMax,
  nestingMax,
  nodeCount,
  restSearch,
  STEP_BYTES,
  STEP_PREDICATE,
  STEP_TALLY,
  stepCount,
  stepTable,
  TRUE,
} from './plan'
import {
  COUNTED,
  RECORD_END,
  RECORD_SLOTS,
  RECORD_START,
  RECORD_STATE,
  REFUSED_BY,
  recordBytes,
  SLOW,
} from './record'
import { isScalar } from './scalar'
import { evaluate, tally } from './steps'
import { utf8Errors } from './utf8'
import { MISSING, OBJECT, SLOT_BYTES } from './value'

/**
 * Scans the lines from `from` on; the last ends with an LF at `limit - 1`. Lines of which nothing more is to be known are
 * counted, all others get a record.
 *
 * @returns where it has stopped: `limit`, or the next line when there is no room for another record.
 */
export function scan(from: usize, limit: usize): usize {
  memory.fill(COUNTS, 0, REFUSED - COUNTS + STEPS_MAX * 4)
  const bytesOfRecord = recordBytes()
  const recordsEnd = RECORDS + RECORDS_BYTES - bytesOfRecord - CLEARED_BYTES
  const lengthMax = lineBytesMax()
  const deepest = min<i32>(nestingMax(), STACK_DEPTH)
  let record = RECORDS
  let records: u32 = 0
  beginRecord(records)
  let line = from
  let lines: u32 = 0
  let blankLines: u32 = 0
  while (line < limit && record <= recordsEnd) {
    let end: usize = 0
    let state = SLOW
    if (load<u8>(line) === OPEN_BRACE) {
      let at = line
      let block = BLOCKS
      let keys = KEYS
      let scalars = SCALARS
      let bad: u64 = 0
      let keyEscapes: u64 = 0
      let depth: i32 = 0
      /** The open containers, the innermost in the lowest bit: 1 for an array. */
      let stack: u64 = 0
      // What a block hands on to the next. The line's first value is taken as one behind a colon.
      let stringCarry: u64 = 0
      let escapeCarry: u64 = 0
      let colonCarry: u64 = 1
      let commaCarry: u64 = 0
      let openCarry: u64 = 0
      let keyCarry: u64 = 0
      let keyCloseCarry: u64 = 0
      let scalarCarry: u64 = 0
      let foreignCarry: bool = false
      do {
        const v0 = v128.load(at)
        const v1 = v128.load(at, 16)
        const v2 = v128.load(at, 32)
        const v3 = v128.load(at, 48)
        let keep: u64 = ~0
        let control: u64 = 0
        // Signed, bytes from 0x80 on are less than zero: one comparison finds controls and what is not ASCII.
        const least = i8x16.min_s(i8x16.min_s(v0, v1), i8x16.min_s(v2, v3))
        if (foreignCarry || v128.any_true(i8x16.lt_s(least, i8x16.splat(BLANK)))) {
          const feeds = equal(v0, v1, v2, v3, LF)
          if (feeds !== 0) {
            const bit = u64(ctz(feeds))
            end = at + usize(bit)
            keep = (u64(1) << (bit - u64(bit > 0 && load<u8>(end - 1) === CR))) - 1
          }
          const foreign = signs(v0, v1, v2, v3)
          const space = i8x16.splat(BLANK)
          const below = signs(
            i8x16.lt_s(v0, space),
            i8x16.lt_s(v1, space),
            i8x16.lt_s(v2, space),
            i8x16.lt_s(v3, space),
          )
          control = below & ~foreign & keep
          // A character that is cut by the line's end is an error at the LF.
          const seen = feeds ^ (feeds - 1)
          if (foreignCarry || (foreign & seen) !== 0) bad |= utf8Errors(at, at === line) & seen
          // A character is cut by the block's end only if the last byte belongs to one.
          foreignCarry = foreign >>> 63 !== 0
        }

        // `[`, `\` and `]` are neighbours, and rarer than the rest.
        let backslashes: u64 = 0
        let brackets: u64 = 0
        let escaped: u64 = escapeCarry
        const base = i8x16.splat(OPEN_BRACKET)
        const nearest = i8x16.min_u(
          i8x16.min_u(i8x16.sub(v0, base), i8x16.sub(v1, base)),
          i8x16.min_u(i8x16.sub(v2, base), i8x16.sub(v3, base)),
        )
        if (v128.any_true(i8x16.le_u(nearest, i8x16.splat(2))) || escapeCarry !== 0) {
          backslashes = equal(v0, v1, v2, v3, BACKSLASH)
          brackets = equal(v0, v1, v2, v3, OPEN_BRACKET) | equal(v0, v1, v2, v3, CLOSE_BRACKET)
          if ((backslashes | escapeCarry) !== 0) {
            const leads = backslashes & ~escapeCarry
            const codes = (((leads << 1) | ODD_BITS) - leads) ^ ODD_BITS
            escaped = codes ^ (backslashes | escapeCarry)
            let starts = codes & backslashes & keep
            escapeCarry = starts >>> 63
            while (starts !== 0) {
              bad |= u64(!isEscape(at + usize(ctz(starts))))
              starts &= starts - 1
            }
          }
        }

        const quotes = equal(v0, v1, v2, v3, QUOTE) & ~escaped & keep
        /** From each opening quote up to the closing one, which is left out. */
        const strings = prefixXor(quotes) ^ stringCarry
        stringCarry = u64(i64(strings) >> 63)
        const outside = ~strings & keep
        const stringOpens = quotes & strings
        const stringCloses = quotes & outside
        const colons = equal(v0, v1, v2, v3, COLON) & outside
        const commas = equal(v0, v1, v2, v3, COMMA) & outside
        const blanks = equal(v0, v1, v2, v3, BLANK) & outside
        const fold = i8x16.splat(0x20)
        const w0 = v128.or(v0, fold)
        const w1 = v128.or(v1, fold)
        const w2 = v128.or(v2, fold)
        const w3 = v128.or(v3, fold)
        const opens = equal(w0, w1, w2, w3, OPEN_BRACE) & outside
        const closes = equal(w0, w1, w2, w3, CLOSE_BRACE) & outside
        const scalarBytes = outside & ~(stringCloses | colons | commas | blanks | opens | closes)

        // The first byte behind a colon, a comma, an opening bracket that is no blank: the addition runs through blanks. Compact lines have none,
        // and a branch that always goes one way is cheaper than the additions.
        let afterColon = (colons << 1) | colonCarry
        let afterComma = (commas << 1) | commaCarry
        let afterOpen = (opens << 1) | openCarry
        colonCarry = colons >>> 63
        commaCarry = commas >>> 63
        openCarry = opens >>> 63
        if (blanks !== 0) {
          const pastColons = afterColon
          afterColon += blanks
          colonCarry |= u64(afterColon < pastColons)
          afterColon &= ~blanks
          const pastCommas = afterComma
          afterComma += blanks
          commaCarry |= u64(afterComma < pastCommas)
          afterComma &= ~blanks
          const pastOpens = afterOpen
          afterOpen += blanks
          openCarry |= u64(afterOpen < pastOpens)
          afterOpen &= ~blanks
        }

        store<u64>(block, opens)
        store<u64>(block, closes, BLOCK_CLOSES)
        store<i32>(block, depth, BLOCK_DEPTH)
        store<u64>(block, quotes | backslashes, BLOCK_STOPS)
        /** The bytes whose innermost container is an array. */
        let inArrays: u64 = 0
        const arrayBrackets = brackets & outside
        const openings = i32(popcnt(opens))
        const closings = i32(popcnt(closes))
        // The line's first byte is an opening bracket, before any that closes. Wherever in the block the others close, no more than all that
        // open can be open at once. Where none opens, all may close: with the last the line's object is over, and so must be the line.
        if (
          (arrayBrackets | stack) === 0 &&
          closings < depth + i32(at === line) + i32(openings === 0) &&
          depth + openings <= deepest
        ) {
          depth += openings - closings
          if (depth === 0) bad |= u64(!isLineEnd(at + BLOCK_BYTES - usize(clz(closes))))
        } else {
          inArrays = 0 - (stack & 1)
          let both = opens | closes
          while (both !== 0) {
            const bit = u64(ctz(both))
            const one = u64(1) << bit
            both ^= one
            const isArray = (arrayBrackets >>> bit) & 1
            const outer = stack & 1
            if ((opens & one) !== 0) {
              stack = (stack << 1) | isArray
              depth++
              bad |= u64(depth > deepest)
            } else {
              bad |= (outer ^ isArray) | u64(depth < 1)
              stack >>>= 1
              depth--
              if (depth === 0) bad |= u64(!isLineEnd(at + usize(bit) + 1))
            }
            inArrays ^= (0 - (outer ^ (stack & 1))) & (~u64(1) << bit)
          }
        }

        const afterStart = afterComma | afterOpen
        const keyPlaces = afterStart & ~inArrays
        const keyOpens = stringOpens & keyPlaces
        // The addition runs from each key's opening quote to its closing one.
        const past = strings + keyOpens + keyCarry
        const keyBytes = strings & ~past
        keyCarry = keyBytes >>> 63
        const keyCloses = past & stringCloses
        let afterKey = (keyCloses << 1) | keyCloseCarry
        keyCloseCarry = keyCloses >>> 63
        if (blanks !== 0) {
          const pastKeys = afterKey
          afterKey += blanks
          keyCloseCarry |= u64(afterKey < pastKeys)
          afterKey &= ~blanks
        }
        const scalarStarts = scalarBytes & ~((scalarBytes << 1) | scalarCarry)
        scalarCarry = scalarBytes >>> 63

        // The grammar: a key's colon stands behind it, no other value where a key must, and a value or a key wherever one must and nowhere else,
        // but for the end of an empty container.
        bad |= colons ^ afterKey
        const others = opens | scalarStarts
        bad |= others & keyPlaces
        bad |= ((stringOpens | others) ^ (afterColon | afterStart)) & ~(closes & afterOpen)
        bad |= control & strings
        keyEscapes |= backslashes & keyBytes

        const keyCount = usize(popcnt(keyOpens))
        let rest = keyOpens
        store<u32>(keys, u32(at + usize(ctz(rest))))
        rest &= rest - 1
        store<u32>(keys, u32(at + usize(ctz(rest))), 4)
        rest &= rest - 1
        store<u32>(keys, u32(at + usize(ctz(rest))), 8)
        rest &= rest - 1
        store<u32>(keys, u32(at + usize(ctz(rest))), 12)
        if (keyCount > 4) {
          let key = keys + 16
          for (rest &= rest - 1; rest !== 0; rest &= rest - 1) {
            store<u32>(key, u32(at + usize(ctz(rest))))
            key += 4
          }
        }
        keys += keyCount << 2
        const scalarCount = usize(popcnt(scalarStarts))
        rest = scalarStarts
        store<u32>(scalars, u32(at + usize(ctz(rest))))
        rest &= rest - 1
        store<u32>(scalars, u32(at + usize(ctz(rest))), 4)
        if (scalarCount > 2) {
          let scalar = scalars + 8
          for (rest &= rest - 1; rest !== 0; rest &= rest - 1) {
            store<u32>(scalar, u32(at + usize(ctz(rest))))
            scalar += 4
          }
        }
        scalars += scalarCount << 2

        at += BLOCK_BYTES
        block += BLOCK_ENTRY_BYTES
        if (block === BLOCKS_END && end === 0) {
          end = lineEnd(at)
          bad = 1
        }
      } while (end === 0)
      if (bad === 0 && depth === 0 && u32(end - line) <= lengthMax)
        state = decide(line, keys, scalars, keyEscapes !== 0, record + RECORD_SLOTS)
    } else {
      end = lineEnd(line)
      if (end === line) {
        blankLines++
        state = COUNTED
      }
    }
    if (state !== COUNTED) {
      store<u32>(record, lines)
      store<u32>(record, u32(line), RECORD_START)
      store<u32>(record, u32(end), RECORD_END)
      store<i32>(record, state, RECORD_STATE)
      record += bytesOfRecord
      beginRecord(++records)
    }
    lines++
    line = end + 1
  }
  store<u32>(COUNTS, lines)
  store<u32>(COUNTS, blankLines, 4)
  store<u32>(COUNTS, records, 8)
  return line
}

/** What is to be done with a line whose masks are in order: its scalars are looked at, its steps taken, its slots filled: most only if it passes. */
function decide(line: usize, keysEnd: usize, scalarsEnd: usize, hasKeyEscapes: bool, slots: usize): i32 {
  if (hasKeyEscapes && mayBeWanted(keysEnd)) return SLOW
  for (let scalar = SCALARS; scalar < scalarsEnd; scalar += 4) if (!isScalar(load<u32>(scalar))) return SLOW
  const slotsEnd = slots + usize(nodeCount()) * SLOT_BYTES
  for (let slot = slots; slot < slotsEnd; slot += CLEARED_BYTES) v128.store(slot, i32x4.splat(MISSING))
  fillSlots(firstSearch(), line, keysEnd, slots)
  const firstSteps = firstStepCount()
  const steps = stepCount()
  let step: i32 = 0
  let result = TRUE
  let isFilled = false
  for (; step < steps; step++) {
    if (step === firstSteps) {
      fillSlots(restSearch(), line, keysEnd, slots)
      isFilled = true
    }
    const entry = stepTable() + usize(step) * STEP_BYTES
    result = evaluate(load<u32>(entry, STEP_PREDICATE), slots)
    if (result === TRUE) continue
    if (result === FALSE) {
      const leaf: usize = load<u32>(entry, STEP_TALLY)
      if (leaf === 0 || tally(step, leaf, slots)) {
        const count = REFUSED + usize(step) * 4
        store<u32>(count, load<u32>(count) + 1)
        return COUNTED
      }
    }
    break
  }
  // The line passes, or a step is undecided, or has refused a value that was not seen before.
  if (!isFilled) fillSlots(restSearch(), line, keysEnd, slots)
  const ended = endedNodes()
  const endedEnd = ended + (usize(load<u32>(ended)) << 2)
  for (let node = ended; node < endedEnd; node += 4) {
    const slot = slots + usize(load<u32>(node, 4)) * SLOT_BYTES
    if (load<u32>(slot) >= OBJECT) endContainer(line, slot)
  }
  return result === FALSE ? step + REFUSED_BY : step
}

/** Whether a line ends before the byte at `at`. */
function isLineEnd(at: usize): bool {
  return load<u8>(at) === LF || (load<u8>(at) === CR && load<u8>(at, 1) === LF)
}

/** The first LF from `start` on. */
function lineEnd(start: usize): usize {
  let at = start
  while (true) {
    const feeds = i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(LF)))
    if (feeds !== 0) return at + ctz(feeds)
    at += 16
  }
}

/** Slots are cleared by so many bytes, which may reach behind the last of a record. */
const CLEARED_BYTES: usize = 16
const ODD_BITS: u64 = 0xaaaa_aaaa_aaaa_aaaa
/** What the stack holds, with room for the last bracket; what is deeper is left to the strict scanner. */
const STACK_DEPTH: i32 = 62
