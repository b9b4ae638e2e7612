import type { LinePlace, Trace, TracedRow, TraceEnd } from '@fletching/engine'

/** The way of an event for a person: where it stands, what became of it, its steps, and its rows. */
export function traceText({ end, steps, rows, ...place }: Trace): string {
  const lines = [
    placeText(place),
    `  ${endText(end)}`,
    ...steps.map(({ step, passed }) => `    ${passed ? 'passed' : 'ended '}  ${shown(step)}`),
    ...rows.flatMap(rowLines),
  ]
  return `${lines.join('\n')}\n`
}

function placeText({ object, line, byteOffset }: LinePlace): string {
  return `${object} line ${line}, byte ${byteOffset} of the uncompressed object`
}

function endText(end: TraceEnd): string {
  switch (end.kind) {
    case 'row':
      return 'a row'
    case 'filtered':
      return `filtered: ${shown(end.reason)}`
    case 'duplicate':
      return `a duplicate of the event at ${placeText(end.of)}`
    case 'setAside':
      return `set aside: ${end.column}: ${end.code}`
    case 'malformed':
      return `malformed: ${end.code}: ${end.message}, at byte ${end.errorOffset} of the line`
  }
}

function rowLines({ format, output, values }: TracedRow): string[] {
  const names = Object.keys(values)
  const width = Math.max(...names.map((name) => name.length))
  return [
    `  ${format} ${output}`,
    ...names.map((name) => `    ${name.padEnd(width)}  ${values[name] === null ? 'null' : shown(values[name])}`),
  ]
}

/** On one line, and without what would move the cursor. */
function shown(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
