export * from './bitmap.ts'
export * from './errors.ts'
export * from './path.ts'
