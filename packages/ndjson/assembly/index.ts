export { endColumns, fillColumns } from './columns'
export { forget, learn, wordAt } from './known'
export {
  CHUNK,
  CHUNK_BYTES,
  COLUMN_BYTES,
  COLUMN_ROWS_MAX,
  COLUMN_TEXT_BYTES,
  COLUMN_TEXTS,
  COLUMN_VALUES,
  COLUMNS,
  COUNTS,
  FILLED,
  FILLED_COUNTS,
  LINE_BYTES_MAX,
  PLAN,
  PLAN_BYTES,
  RECORDS,
  STEPS_MAX,
  TALLIES,
  WORDS,
} from './memory'
export { scan } from './scan'
