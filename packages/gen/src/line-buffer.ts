const encoder = new TextEncoder()

/** Bytes of lines that grow at the end. One buffer serves all objects of a set, one after the other. */
export class LineBuffer {
  length = 0
  private bytes: Uint8Array<ArrayBuffer>

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity)
  }

  /** Adds `line`, text or bytes, and a line feed. */
  addLine(line: string | Uint8Array): void {
    this.reserve(line.length * (typeof line === 'string' ? 3 : 1) + 1)
    if (typeof line === 'string') {
      this.length += encoder.encodeInto(line, this.bytes.subarray(this.length)).written
    } else {
      this.bytes.set(line, this.length)
      this.length += line.length
    }
    this.bytes[this.length++] = 0x0a
  }

  /** The bytes so far; valid until the next change. */
  view(): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(0, this.length)
  }

  clear(): void {
    this.length = 0
  }

  private reserve(extra: number): void {
    if (this.length + extra <= this.bytes.length) return
    const bytes = new Uint8Array(Math.max(this.bytes.length * 2, this.length + extra))
    bytes.set(this.view())
    this.bytes = bytes
  }
}
