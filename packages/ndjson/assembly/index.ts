export {
  CHUNK,
  CHUNK_BYTES,
  COUNTS,
  LINE_BYTES_MAX,
  PLAN,
  PLAN_BYTES,
  RECORDS,
  STEPS_MAX,
} from './memory'
export { scan } from './scan'
export { forget, learn, tallied } from './steps'
