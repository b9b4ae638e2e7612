import { gzipSync } from 'node:zlib'
import { event, linesOf } from './run.ts'

/** Three objects, each with events of three days. */
export const inputs = ['a', 'b', 'c'].map((name) => ({
  key: `in/${name}.gz`,
  bytes: gzipSync(
    linesOf([18, 19, 20].map((day) => event(`${name}${day}`, `,"timestamp":"2019-05-${day}T12:00:00Z"`))),
  ),
}))

/** What an earlier run had read: one event, of another day. */
export const earlier = {
  key: 'in/a.gz',
  bytes: gzipSync(linesOf([event('x', ',"timestamp":"2019-05-21T12:00:00Z"')])),
}

/** The folder of the job's state, below the root of its outputs. */
export const STATE = '_fletching/segment-to-personalize/csv'
