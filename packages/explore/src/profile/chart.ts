import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import { html, Markup, visible } from './markup.ts'

const { document } = parseHTML('<!doctype html><html></html>')

/** What a chart is drawn on: how wide it is, and what of Plot follows from that. */
export interface Room {
  readonly width: number
  /** So many characters of text have room over its width. */
  readonly characters: number
}

/**
 * A chart for each width for which the page has room, drawn by Observable Plot; the style shows the one that fits, so that letters are as large on a
 * phone as on a screen. Colours are variables of the page.
 */
export function chart(
  description: string,
  sizes: readonly (keyof typeof WIDTHS)[],
  optionsFor: (room: Room) => Plot.PlotOptions,
): Markup {
  const drawn = sizes.map((size) => {
    const width = WIDTHS[size]
    const svg = Plot.plot({
      document,
      width,
      style: { fontSize: '12px' },
      ...optionsFor({ width, characters: Math.floor(width / CHARACTER_WIDTH) }),
    })
    svg.setAttribute('role', 'img')
    svg.setAttribute('aria-label', description)
    return html`<div class="size ${size}">${new Markup(svg.outerHTML)}</div>`
  })
  return html`<div class="chart has-${sizes.length}">${drawn}</div>`
}

/** A text that has room for so many characters. */
export function shortened(text: string, characters: number): string {
  // No more than may be shown is looked at: the segmenter takes long for a long text.
  const start = text.slice(0, CODE_UNITS_FOR_EACH * characters)
  const all = Array.from(graphemes.segment(visible(start)), ({ segment }) => segment)
  return all.length <= characters && start === text ? all.join('') : `${all.slice(0, characters - 1).join('')}…`
}

const graphemes = new Intl.Segmenter('en')
/** An emoji of a family has eleven. */
const CODE_UNITS_FOR_EACH = 12
/** In pixels. */
const WIDTHS = { narrow: 320, middle: 540, wide: 1120 }
const CHARACTER_WIDTH = 7
