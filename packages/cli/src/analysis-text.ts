import { plural } from '@fletching/columns/plural'
import type { Analysis } from '@fletching/engine'
import { counted, formatBytes, formatCount, formatDuration } from './figures.ts'
import { plainTable } from './plain-table.ts'
import { stepWords } from './step-words.ts'

/** An analysis as text: how the lines were read, then a row for each operator, in the way of the data. */
export function analysisText({ milliseconds, cpuMilliseconds, threads, timedBy, scan, operators }: Analysis): string {
  const { scanner, lines, slowLines, uncompressedBytes } = scan
  const scanning = operators.find(({ operator }) => operator.startsWith('scan '))?.milliseconds
  const table = plainTable(['left', 'right', 'right', 'right', 'right'])
  table.push(['operator', 'rows in', 'rows out', 'bytes', 'time'])
  for (const { operator, rowsIn, rowsOut, bytes, milliseconds: time } of operators) {
    table.push([
      stepWords(operator),
      shown(rowsIn, formatCount),
      shown(rowsOut, formatCount),
      shown(bytes, formatBytes),
      shown(time, seconds),
    ])
  }
  const share = lines === 0 ? 0 : (100 * slowLines) / lines
  const rest = cpuMilliseconds - operators.reduce((sum, operator) => sum + (operator.milliseconds ?? 0), 0)
  return [
    `Analyzed with its outputs discarded: ${formatDuration(milliseconds)}, ${seconds(cpuMilliseconds)} of CPU, ${counted(threads, 'thread')} ${plural(threads, 'scans', 'scan')}`,
    `  scanner ${scanner}: ${counted(lines, 'line')}, ${speed(uncompressedBytes, scanning)} a thread, ${speed(uncompressedBytes, milliseconds)} in all`,
    `  slow lines: ${formatCount(slowLines)}, ${share.toFixed(2)} % of all`,
    '',
    table.toString().replaceAll(/^/gm, '  ').replaceAll(/ +$/gm, ''),
    '',
    timedBy === 'cpu'
      ? `  times are of CPU; beside them, ${seconds(Math.max(rest, 0))} for compiling, garbage, and what is not listed`
      : '  times are by the clock, on each thread while it worked: more than CPU time where CPUs are shared',
    '',
  ].join('\n')
}

function shown<T>(value: T | undefined, format: (value: T) => string): string {
  return value === undefined ? '' : format(value)
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(3)} s`
}

function speed(bytes: number, milliseconds: number | undefined): string {
  return `${formatBytes((bytes / Math.max(milliseconds ?? 0, 0.001)) * 1000)}/s`
}
