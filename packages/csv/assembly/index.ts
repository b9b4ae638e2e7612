export { encode } from './encode'
export { CLASSES, COLUMNS, RESULT, RULES } from './memory'
