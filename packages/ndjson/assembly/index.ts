export { endColumns, fillColumns } from './columns'
export { forget, learn, wordAt } from './known'
export {
  CHUNK,
  CHUNK_BYTES,
  COLUMNS,
  COUNTS,
  FILLED,
  LACKED,
  LINE_BYTES_MAX,
  PLAN,
  PLAN_BYTES,
  RECORDS,
  STEPS_MAX,
  TALLIES,
  WORDS,
} from './memory'
export { endContainers } from './record'
export { scan } from './scan'
