// @ts-check
export { op, table } from 'arquero'
