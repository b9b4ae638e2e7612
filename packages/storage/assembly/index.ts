export { consumed, inflate, produced, reset, slide } from './inflate'
export { INPUT, INPUT_BYTES, WINDOW } from './memory'
