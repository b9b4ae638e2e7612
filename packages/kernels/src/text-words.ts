/*
 * Texts held against each other by words of four bytes, the last of which may begin within the one before.
 */

/** Whether `length` bytes from two places on are the same. */
export function isSameText(
  left: DataView,
  leftStart: number,
  right: DataView,
  rightStart: number,
  length: number,
): boolean {
  if (length < WORD) return shortWord(left, leftStart, length) === shortWord(right, rightStart, length)
  const last = length - WORD
  for (let i = 0; i < last; i += WORD) if (left.getInt32(leftStart + i) !== right.getInt32(rightStart + i)) return false
  return left.getInt32(leftStart + last) === right.getInt32(rightStart + last)
}

/** Less than, equal to or greater than zero, as the left bytes stand to the right ones; for UTF-8 the order of code points. */
export function orderTexts(
  left: DataView,
  leftStart: number,
  leftEnd: number,
  right: DataView,
  rightStart: number,
  rightEnd: number,
): number {
  const length = Math.min(leftEnd - leftStart, rightEnd - rightStart)
  let i = 0
  for (; i + WORD <= length; i += WORD) {
    // The first byte counts most.
    const order = left.getUint32(leftStart + i) - right.getUint32(rightStart + i)
    if (order !== 0) return order
  }
  const order = shortWord(left, leftStart + i, length - i) - shortWord(right, rightStart + i, length - i)
  return order === 0 ? leftEnd - leftStart - (rightEnd - rightStart) : order
}

/** Up to three bytes as one word, of which the first counts most. */
export function shortWord(bytes: DataView, start: number, length: number): number {
  let word = 0
  for (let i = 0; i < length; i++) word = (word << 8) | bytes.getUint8(start + i)
  return word
}

/** Bytes of a word. */
const WORD = 4
