import { inputBytes, type Report } from '@fletching/engine'
import { counted, formatBytes, formatCount, formatDuration } from './figures.ts'
import { type OutputVerdict, verdictLine } from './output-verdict.ts'
import { plainTable } from './plain-table.ts'

/** The report as a table for a terminal: what became of every line, then what was written. */
export function summary(report: Report, verdicts: readonly OutputVerdict[] = []): string {
  const { accounting, inputs, outputs, slowLines, converted, refused, warnings, skipped } = report
  const table = plainTable(['left', 'right'])
  const add = (label: string, count: number) => table.push([label, formatCount(count)])
  add('lines read', accounting.lines)
  add('  rows', accounting.rows)
  for (const [reason, count] of sorted(accounting.filtered)) add(`  filtered: ${reason}`, count)
  for (const [code, count] of sorted(accounting.setAside)) add(`  set aside: ${code}`, count)
  for (const [code, count] of sorted(accounting.malformed)) add(`  malformed: ${code}`, count)
  if (accounting.duplicates > 0) add('  duplicates', accounting.duplicates)
  if (accounting.blank > 0) add('  blank', accounting.blank)
  if (accounting.exploded !== undefined) add('rows written, of all their items', accounting.rows + accounting.exploded)
  for (const [reason, count] of sorted(accounting.dropped ?? {})) add(`  items dropped: ${reason}`, count)
  if (slowLines > 0) add('lines that only the slow scanner could read', slowLines)
  for (const [what, count] of sorted(converted)) add(changeLabel(what), count)
  for (const [why, count] of sorted(skipped)) if (count > 0) add(`objects passed over: ${why}`, count)
  const { bytes: stored, uncompressedBytes: uncompressed } = inputBytes(inputs)
  const speed = (uncompressed / Math.max(report.milliseconds, 1)) * 1000
  return [
    `${report.job}: ${counted(inputs.length, 'object')}, ${formatBytes(stored)} stored, ${formatBytes(uncompressed)} of JSON in ${formatDuration(report.milliseconds)} (${formatBytes(speed)}/s)`,
    table.toString(),
    ...Object.entries(refused).map(
      ([reason, values]) =>
        `most frequent, ${reason}: ${values.map(({ value, count }) => `${JSON.stringify(value)} ${formatCount(count)}`).join(', ')}`,
    ),
    ...warnings.map((warning) => `warning: ${warning}`),
    ...outputLines(outputs),
    ...verdicts.map(verdictLine),
    '',
  ].join('\n')
}

/** A value that a contract gives up is not kept. */
function changeLabel(what: string): string {
  const [column, discarded] = what.split(/(: unfit value as null$)/)
  return discarded === undefined ? `kept with a change: ${what}` : `discarded: ${column}`
}

/** Outputs one a line; of many partitions the first three and a count. */
function outputLines(outputs: Report['outputs']): string[] {
  const line = ({ name, format, rows, bytes }: Report['outputs'][number]) =>
    `wrote ${name}  ${counted(rows, format === 'rejects' ? 'line' : 'row')}, ${formatBytes(bytes)}`
  const parquet = outputs.filter(({ format }) => format === 'parquet')
  const others = outputs.filter(({ format }) => format !== 'parquet')
  const rest = parquet.slice(3)
  const more =
    rest.length === 0
      ? []
      : [
          `wrote ${counted(rest.length, 'more Parquet file')}  ${counted(
            rest.reduce((sum, { rows }) => sum + rows, 0),
            'row',
          )}, ${formatBytes(rest.reduce((sum, { bytes }) => sum + bytes, 0))}`,
        ]
  return [...others.map(line), ...parquet.slice(0, 3).map(line), ...more]
}

function sorted(tally: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(tally).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
}
