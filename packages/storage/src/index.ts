export { openDiscardStore } from './discard.ts'
export { fetchFiles, inScratchFolder } from './fetch-files.ts'
export { type FindOptions, type FoundInput, findInput } from './find-input.ts'
export { globFolder, globPattern, isGlob } from './glob.ts'
export { inflate } from './gzip.ts'
export { isGzip, isPlain, MAGIC_BYTES } from './gzip-frame.ts'
export { type ByteTarget, Inflater } from './inflater.ts'
export { followLinks, openLocalStore } from './local.ts'
export {
  asFolder,
  formatLocation,
  joinLocation,
  keyOf,
  type Location,
  overlaps,
  parentLocation,
  parseLocation,
} from './location.ts'
export { noConditionalWrites } from './lost.ts'
export { openMemoryStore } from './memory.ts'
export { ObjectList, type Objects, storedBytes } from './object-list.ts'
export { openStore } from './open-store.ts'
export { putBytes } from './put-bytes.ts'
export { RawInflate } from './raw-inflate.ts'
export type { S3Options } from './s3-client.ts'
export { type Encryption, encryptionKinds } from './s3-headers.ts'
export { assertSpillable, Spill, type SpillPlace } from './spill.ts'
export {
  type Begun,
  type Condition,
  type CreateOptions,
  compareNames,
  type ObjectInfo,
  type ObjectWriter,
  type Prepared,
  type Store,
  storageClasses,
} from './store.ts'
