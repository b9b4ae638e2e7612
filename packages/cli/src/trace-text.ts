import type { LinePlace, RowPlace, Trace, TracedItem, TracedRow, TracedStep, TraceEnd } from '@fletching/engine'
import { counted } from './figures.ts'
import { stepWords } from './step-words.ts'

/** The way of an event for a person: where it stands, what became of it, its steps, and its rows or those of its items. */
export function traceText({ end, steps, rows, items = [], ...place }: Trace): string {
  const [only] = items
  // An event without any item is told of like one of a job that knows no items.
  const isOne = only !== undefined && only.item === undefined
  const lines = isOne
    ? [`  ${endText(only.end)}`, ...[...steps, ...only.steps].map(stepLine), ...only.rows.flatMap(rowLines)]
    : [
        `  ${items.length === 0 ? endText(end) : countText(items)}`,
        ...steps.map(stepLine),
        ...rows.flatMap(rowLines),
        ...itemLines(items),
      ]
  return `${[placeText(place), ...lines].join('\n')}\n`
}

function placeText({ object, line, byteOffset }: LinePlace): string {
  return `${object} line ${line}, byte ${byteOffset} of the uncompressed object`
}

function likeText({ item, ...place }: RowPlace): string {
  return item === undefined ? `the event at ${placeText(place)}` : `item ${item} of the event at ${placeText(place)}`
}

function endText(end: TraceEnd): string {
  switch (end.kind) {
    case 'duplicate':
      return `a duplicate of ${likeText(end.of)}`
    case 'replaced':
      return `replaced by ${likeText(end.by)}`
    case 'malformed':
      return `malformed: ${end.code}: ${end.message}, at byte ${end.errorOffset} of the line`
    default:
      return shortText(end)
  }
}

/** Without a place. */
function shortText(end: TraceEnd): string {
  switch (end.kind) {
    case 'row':
      return 'a row'
    case 'filtered':
      return `filtered: ${shown(end.reason)}`
    case 'duplicate':
      return 'a duplicate'
    case 'setAside':
      return `set aside: ${end.column}: ${end.code}`
    default:
      return end.kind
  }
}

function stepLine({ step, passed }: TracedStep): string {
  return `    ${passed ? 'passed' : 'ended '}  ${shown(stepWords(step))}`
}

function countText(items: readonly TracedItem[]): string {
  const rows = items.filter(({ end }) => end.kind === 'row').length
  return `${rows === 0 ? 'no row' : counted(rows, 'row')} of ${counted(items.length, 'item')}`
}

/** The first items, of each its rows or the step at which it ended, and how the others ended. */
function itemLines(items: readonly TracedItem[]): string[] {
  const told = items
    .slice(0, ITEMS_TOLD)
    .flatMap(({ item, end, steps, rows }) => [
      `  item ${item}: ${endText(end)}`,
      ...steps.filter(({ passed }) => !passed).map(stepLine),
      ...rows.flatMap(rowLines).map((line) => `  ${line}`),
    ])
  if (items.length <= ITEMS_TOLD) return told
  const others = new Map<string, number>()
  for (const text of items.slice(ITEMS_TOLD).map(({ end }) => shortText(end))) {
    others.set(text, (others.get(text) ?? 0) + 1)
  }
  const ends = [...others].map(([text, count]) => `${text} ${count}`).join(', ')
  return [...told, `  ${counted(items.length - ITEMS_TOLD, 'more item')}: ${ends}`]
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

const ITEMS_TOLD = 20
