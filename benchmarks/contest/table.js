// @ts-check
import { figuresOf } from './figures.js'

/**
 * The figures of one shape, as text in columns.
 *
 * @param {import('./figures.js').ShapeResults} shape
 */
export function tableOf(shape) {
  const head = ['', 'best s', 'median s', 'MB/s', 'CPU s', 'peak MB', 'to best peer', 'Parquet']
  const rows = figuresOf(shape).map(({ name, bestS, medianS, speed, cpuS, rssBytes, toBestPeer, table }) => [
    name,
    bestS.toFixed(2),
    medianS.toFixed(2),
    speed.toFixed(0),
    cpuS.toFixed(2),
    (rssBytes / 1e6).toFixed(0),
    toBestPeer === undefined ? '' : `${toBestPeer.toFixed(2)}x`,
    table,
  ])
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)))
  const isText = (/** @type {number} */ column) => column === 0 || column === head.length - 1
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) => (isText(column) ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
