export { type GeneratedObject, generateObjects, generatorVersion } from './generate.ts'
export type { GenOptions } from './options.ts'
export type { TrapVerdict } from './trap.ts'
export { isTrapKind, malformedTrapKinds, type TrapKind, trapKinds, wellFormedTrapKinds } from './traps.ts'
