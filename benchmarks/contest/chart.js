// @ts-check
// The speeds as a picture: for each shape a block of horizontal bars, the fastest first.
import { figuresOf } from './figures.js'

const TITLE = 'MB of JSON a second, median; longer is faster'
const WIDTH = 760
const MARGIN = 24
const NAMES_WIDTH = 250
const BAR = 16
const BAR_STEP = 21
const TITLE_HEIGHT = 34
const FOOT_HEIGHT = 46
const OURS = '#c2410c'
const PEER = '#94a3b8'

/**
 * An SVG of the median speeds.
 *
 * @param {readonly import('./figures.js').ShapeResults[]} shapes
 * @param {string} caption where and how it was measured
 */
export function chartOf(shapes, caption) {
  const blocks = shapes.map((shape) => ({
    title: `${shape.says}, ${(shape.bytes / 1e6).toFixed(0)} MB of JSON`,
    bars: figuresOf(shape).sort((a, b) => b.speed - a.speed),
  }))
  const fastest = Math.max(...blocks.flatMap(({ bars }) => bars.map(({ speed }) => speed)))
  const scale = (WIDTH - 2 * MARGIN - NAMES_WIDTH - 60) / fastest
  const parts = []
  let top = 20
  parts.push(text(MARGIN, top + 14, TITLE, 'font-size="16" font-weight="600"'))
  top += 26
  for (const { title, bars } of blocks) {
    top += TITLE_HEIGHT
    parts.push(text(MARGIN, top - 10, title, 'font-weight="600"'))
    for (const { name, ours, speed } of bars) {
      const left = MARGIN + NAMES_WIDTH
      const width = Math.max(1, speed * scale)
      parts.push(text(left - 8, top + 12, name, `text-anchor="end"${ours ? ' font-weight="600"' : ''}`))
      parts.push(
        `<rect x="${left}" y="${top}" width="${width.toFixed(1)}" height="${BAR}" rx="2" fill="${ours ? OURS : PEER}"/>`,
      )
      parts.push(text(left + width + 6, top + 12, speed.toFixed(0), 'fill="#475569"'))
      top += BAR_STEP
    }
  }
  const height = top + FOOT_HEIGHT
  parts.push(text(MARGIN, height - 18, caption, 'font-size="11" fill="#475569"'))
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="system-ui, sans-serif" font-size="12" fill="#0f172a">
<title>${TITLE}</title>
<rect width="100%" height="100%" fill="#ffffff"/>
${parts.join('\n')}
</svg>
`
}

/**
 * @param {number} x
 * @param {number} y
 * @param {string} content
 * @param {string} attributes
 */
function text(x, y, content, attributes) {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<text x="${x.toFixed(1)}" y="${y}" ${attributes}>${escaped}</text>`
}
