import * as Plot from '@observablehq/plot'
import { chart, shortened } from './chart.ts'
import type { Markup } from './markup.ts'
import type { ItemsProfile, TimeProfile, UsersProfile } from './profile.ts'
import { formatCount, formatShare } from './shown-figure.ts'
import { shortCount, tickText } from './tick-text.ts'
import { DAY_SECONDS, nextStart } from './time-unit.ts'

/** A step from the lines of the input to the rows of the outputs. */
export interface Step {
  readonly label: string
  readonly count: number
  /** A variable of the style. */
  readonly colour: string
}

/** From all lines down to the rows, step by step: each bar begins where the one before it ends. */
export function accountingChart(lines: number, steps: readonly Step[], rows: number): Markup {
  let left = lines
  const bars = [
    { label: 'lines read', count: lines, from: 0, to: lines, colour: 'lines' },
    ...steps.map(({ label, count, colour }) => {
      left -= count
      return { label, count, from: left, to: left + count, colour }
    }),
    { label: 'rows', count: rows, from: 0, to: rows, colour: 'rows' },
  ].map((bar, key) => ({ ...bar, key, share: formatShare(bar.count, lines) }))
  return chart('From the lines that were read to the rows that came out', ['narrow', 'middle'], ({ characters }) => ({
    ...labelledBars(bars.length),
    x: { axis: null, domain: [0, Math.max(lines, 1)] },
    marks: [
      Plot.barX(bars, { ...inRow, x1: 0, x2: Math.max(lines, 1), fill: 'var(--track)' }),
      Plot.barX(bars, { ...inRow, x1: 'from', x2: 'to', fill: (bar: Step) => `var(--${bar.colour})` }),
      ...labels(
        bars,
        characters,
        ({ label }) => label,
        ({ count, share }) => `${formatCount(count)} · ${share}`,
      ),
    ],
  }))
}

/** Rows by type of event over time; days without rows are shaded. */
export function eventsChart({ buckets, unit, gaps }: TimeProfile, colours: readonly string[]): Markup {
  const bars = buckets.flatMap(({ start, counts }) =>
    counts
      .map((count, index) => ({
        from: new Date(start * 1000),
        to: new Date(nextStart(start, unit) * 1000),
        count,
        index,
      }))
      .filter(({ count }) => count > 0),
  )
  const empty = gaps.longest.map(({ from, days }) => {
    const start = new Date(from).getTime()
    return { from: new Date(start), to: new Date(start + days * DAY_SECONDS * 1000) }
  })
  return chart(`Rows over time by type of event, by ${unit}`, ['narrow', 'middle', 'wide'], ({ width }) => ({
    height: width < 400 ? 220 : 280,
    marginLeft: 44,
    marginRight: 12,
    marginTop: 12,
    marginBottom: 36,
    x: {
      type: 'utc',
      label: null,
      ticks: Math.max(3, Math.floor(width / 110)),
      tickFormat: (moment: Date) => tickText(moment, unit),
      tickSize: 4,
    },
    y: { label: null, grid: true, ticks: 4, tickSize: 0, tickFormat: shortCount },
    marks: [
      ...(unit === 'day' || unit === 'hour' ? [Plot.rectX(empty, { x1: 'from', x2: 'to', fill: 'var(--gap)' })] : []),
      Plot.rectY(
        bars,
        Plot.stackY(
          { order: 'index' },
          {
            x1: 'from',
            x2: 'to',
            y: 'count',
            z: 'index',
            fill: ({ index }: { index: number }) => `var(--${colours[index]})`,
            inset: buckets.length > 60 ? 0 : 0.5,
            shapeRendering: 'crispEdges',
          },
        ),
      ),
      Plot.ruleY([0], { stroke: 'var(--axis)' }),
    ],
  }))
}

/** The most frequent items, each with its name above its bar. */
export function itemsChart({ top }: ItemsProfile, rows: number): Markup {
  const bars = top
    .slice(0, ITEMS_DRAWN)
    .map(({ name, count }, key) => ({ name, count, key, share: formatShare(count, rows) }))
  return chart('The items with the most rows', ['narrow', 'middle'], ({ characters }) => ({
    ...labelledBars(bars.length),
    x: { axis: null, domain: [0, Math.max(...top.map(({ count }) => count), 1)] },
    marks: [
      Plot.barX(bars, { ...inRow, x: 'count', fill: 'var(--rows)' }),
      ...labels(
        bars,
        characters,
        ({ name }) => (name === '' ? '(empty)' : name),
        ({ count, share }) => `${formatCount(count)} · ${share}`,
      ),
    ],
  }))
}

/** How many users have one row, two, three or four, and so on. */
export function usersChart({ bins }: UsersProfile): Markup {
  const bars = bins.map(({ from, to, users }) => ({ range: binText(from, to), users }))
  return chart('Users by how many rows they have', ['narrow', 'middle'], ({ width }) => ({
    height: width < 400 ? 230 : 300,
    marginLeft: 8,
    marginRight: 8,
    marginTop: 24,
    marginBottom: bins.length > 9 ? 56 : 40,
    x: {
      label: null,
      domain: bars.map(({ range }) => range),
      tickSize: 0,
      padding: 0.18,
      ...(bins.length > 7 ? { tickRotate: -40 } : {}),
    },
    y: { axis: null },
    marks: [
      Plot.barY(bars, { x: 'range', y: 'users', fill: 'var(--rows)', rx: 2 }),
      Plot.text(bars, {
        x: 'range',
        y: 'users',
        text: ({ users }: { users: number }) => (users === 0 ? '' : shortCount(users)),
        dy: -8,
        fill: 'currentColor',
      }),
      Plot.ruleY([0], { stroke: 'var(--axis)' }),
    ],
  }))
}

/** `3–4`, of a bin of users. */
function binText(from: number, to: number): string {
  return from === to ? String(from) : `${shortCount(from)}–${shortCount(to)}`
}

function labelledBars(count: number): Plot.PlotOptions {
  return {
    height: count * ROW_HEIGHT,
    margin: 0,
    y: { axis: null, type: 'band', padding: 0, round: false },
  }
}

/** A bar stands in the middle of its row, below its texts. */
const inRow = { y: 'key', insetTop: 20, insetBottom: 8, rx: 2 } as const

/** A text at the left above each bar, and one at the right; the left one is shortened to what the other leaves. */
function labels<T>(bars: readonly T[], characters: number, left: (bar: T) => string, right: (bar: T) => string) {
  const common = { y: 'key', dy: -7, fill: 'currentColor' } as const
  const text = (bar: T) => shortened(left(bar), characters - right(bar).length - 1)
  return [
    Plot.text(bars, { ...common, text, frameAnchor: 'left', textAnchor: 'start' }),
    Plot.text(bars, { ...common, text: right, frameAnchor: 'right', textAnchor: 'end', fontVariant: 'tabular-nums' }),
  ]
}

const ROW_HEIGHT = 36
const ITEMS_DRAWN = 10
