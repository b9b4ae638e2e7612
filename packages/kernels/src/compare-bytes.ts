/** Less than, equal to or greater than zero, as the left bytes stand to the right ones; for UTF-8 the order of code points. */
export function compareBytes(
  left: Uint8Array,
  leftStart: number,
  leftEnd: number,
  right: Uint8Array,
  rightStart: number,
  rightEnd: number,
): number {
  const length = Math.min(leftEnd - leftStart, rightEnd - rightStart)
  for (let i = 0; i < length; i++) {
    const order = left[leftStart + i] - right[rightStart + i]
    if (order !== 0) return order
  }
  return leftEnd - leftStart - (rightEnd - rightStart)
}
