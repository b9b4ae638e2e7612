import { dataError } from '@fletching/columns/errors'

/** Lines that came together, none of them blank, with their numbers in the object. */
export interface Lines {
  readonly texts: readonly Uint8Array[]
  readonly numbers: readonly number[]
}

/**
 * The lines of an object that hold something, without their ends and without a byte order mark.
 *
 * - Memory: a piece, and the longest line.
 * - Errors: LINE_TOO_LONG (data) over 16 MiB.
 */
export async function* linesOf(pieces: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Lines> {
  let carry: Uint8Array[] = []
  let carried = 0
  let number = 0
  for await (const piece of pieces) {
    const texts: Uint8Array[] = []
    const numbers: number[] = []
    let at = 0
    for (let end = piece.indexOf(LF); end >= 0; end = piece.indexOf(LF, at)) {
      const line = carried === 0 ? piece.subarray(at, end) : Buffer.concat([...carry, piece.subarray(at, end)])
      if (carried > 0) [carry, carried] = [[], 0]
      at = end + 1
      take(line, ++number, texts, numbers)
    }
    if (at < piece.length) {
      // The source may use its memory again.
      carry.push(piece.slice(at))
      carried += piece.length - at
      if (carried > LINE_BYTES_MAX) throw tooLong(name, number + 1)
    }
    if (texts.length > 0) yield { texts, numbers }
  }
  if (carried === 0) return
  const [texts, numbers]: [Uint8Array[], number[]] = [[], []]
  take(Buffer.concat(carry), number + 1, texts, numbers)
  if (texts.length > 0) yield { texts, numbers }
}

function take(line: Uint8Array, number: number, texts: Uint8Array[], numbers: number[]): void {
  const text = number === 1 && line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf ? line.subarray(3) : line
  if (!text.some((byte) => byte !== 0x20 && byte !== 0x09 && byte !== 0x0d)) return
  texts.push(text)
  numbers.push(number)
}

function tooLong(name: string, line: number) {
  return dataError('LINE_TOO_LONG', `a line has more than ${LINE_BYTES_MAX} bytes`, {
    at: `${name}, line ${line}`,
    help: 'expected one JSON object a line',
  })
}

const LF = 0x0a
const LINE_BYTES_MAX = 16 * 1024 * 1024
