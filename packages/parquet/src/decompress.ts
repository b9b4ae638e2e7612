import type { CompressionCodec } from 'hyparquet'
import { badParquet } from './bad-parquet.ts'
import { snappyDecompress } from './snappy.ts'

/** The bytes of which `bytes` were made; there are `byteLength`, or it throws. */
export type Decompress = (bytes: Uint8Array, byteLength: number) => Uint8Array

/**
 * Opens what undoes a compression; what is seldom used is loaded only now.
 *
 * - Errors: BAD_PARQUET (environment) for one that no writer of ours has.
 */
export async function openDecompress(codec: CompressionCodec): Promise<Decompress> {
  switch (codec) {
    case 'UNCOMPRESSED':
      return (bytes) => bytes
    case 'SNAPPY':
      return snappyDecompress
    case 'GZIP':
      return (await import('hyparquet-compressors')).decompressGzip
    case 'ZSTD': {
      const { decompressZstd } = await import('hyparquet-compressors')
      return (bytes) => decompressZstd(bytes)
    }
    default:
      throw badParquet(`its pages are compressed with ${String(codec)}`)
  }
}
