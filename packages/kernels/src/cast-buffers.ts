import { newBits } from './bool-vector.ts'
import type { CastKind } from './cast-rules.ts'

/** Where values of one width are put, of bools their bits. */
export interface FixedBuffer<A extends Uint8Array | Int32Array | Float64Array | BigInt64Array> {
  readonly data: A
}

/** Where texts are put, and where each ends, behind a zero. */
export interface TextBuffers {
  readonly data: Uint8Array
  readonly valueOffsets: Int32Array
}

export type CastBuffers = FixedBuffer<Uint8Array | Int32Array | Float64Array | BigInt64Array> | TextBuffers

/** Room for so many values of a type; a text is one that is made of a value of type `from`. */
export function newBuffers(from: CastKind, to: CastKind, length: number): CastBuffers {
  if (to === 'text') {
    return { data: new Uint8Array(length * LONGEST[from].length), valueOffsets: new Int32Array(length + 1) }
  }
  if (to === 'bool') return { data: newBits(length) }
  if (to === 'float64') return { data: new Float64Array(length) }
  return { data: to === 'int64' || to === 'timestamp' ? new BigInt64Array(length) : new Int32Array(length) }
}

/** The buffers without the room that texts left. */
export function filledOf(buffers: CastBuffers): CastBuffers {
  if (!('valueOffsets' in buffers)) return buffers
  const { data, valueOffsets } = buffers
  return { data: data.slice(0, valueOffsets[valueOffsets.length - 1]), valueOffsets }
}

/** Of each type a value whose text is as long as any. */
const LONGEST: { readonly [Kind in CastKind]: string } = {
  text: '',
  bool: 'false',
  int32: '-2147483648',
  int64: '-9223372036854775808',
  float64: '-0.0000012345678901234567',
  timestamp: '2019-05-18T14:03:22.129Z',
  date: '2019-05-18',
}
