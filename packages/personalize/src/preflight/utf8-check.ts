import { isAscii, isUtf8 } from 'node:buffer'

/** Whether bytes that come in pieces are UTF-8 without NUL so far; the pieces may cut a character in two. */
export class Utf8Check {
  isUtf8 = true
  /** The first bytes of a character whose others have not come. */
  #begun = NO_BYTES

  push(bytes: Uint8Array): void {
    if (!this.isUtf8) return
    this.isUtf8 = !bytes.includes(0)
    if (this.#begun.length === 0 && isAscii(bytes)) return
    const all = this.#begun.length === 0 ? bytes : Buffer.concat([this.#begun, bytes])
    const end = all.length - begunAtEnd(all)
    this.isUtf8 &&= isUtf8(all.subarray(0, end))
    this.#begun = all.slice(end)
  }

  /** Nothing more comes. */
  end(): void {
    this.isUtf8 &&= this.#begun.length === 0
  }
}

/** How many bytes at the end are the first of a character that needs more. */
function begunAtEnd(bytes: Uint8Array): number {
  for (let count = 1; count <= 3 && count <= bytes.length; count++) {
    const byte = bytes[bytes.length - count]
    if ((byte & 0xc0) === 0x80) continue
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return needed > count ? count : 0
  }
  return 0
}

const NO_BYTES: Uint8Array = new Uint8Array(0)
