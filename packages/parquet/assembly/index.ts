export {
  greatestReal,
  greatestText,
  greatestTextBytes,
  greatestWhole,
  hasNaN,
  leastReal,
  leastText,
  leastTextBytes,
  leastWhole,
} from './bounds'
export { openColumn } from './column'
export { dictionaryBytes, findDistinct, putDictionary } from './dictionary'
export { putCodes } from './hybrid'
export { openLevels, putDefinitions, putRepetitions } from './levels'
export { ROOM } from './memory'
export { putDoubles, putInts, putLongs, putTruths } from './numbers'
export { addToNumbers, appendBits, countOnes, intersectBits, keepTexts, keepValues } from './rows'
export { compress } from './snappy'
export { putTexts, textsBytes, textsEnd } from './texts'
