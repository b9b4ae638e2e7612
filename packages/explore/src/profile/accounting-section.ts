import { plural } from '@fletching/columns/plural'
import { shortened } from './chart.ts'
import { accountingChart, type Step } from './charts.ts'
import { html, type Markup } from './markup.ts'
import type { AccountingProfile, Counted, Profile } from './profile.ts'
import { type Figures, formatShare } from './shown-figure.ts'

/** Where the lines of the input went: the accounting of the run as a picture, and each of its numbers. */
export function accountingSection({ run, tables }: Profile, figures: Figures): Markup | undefined {
  if (run === undefined) return undefined
  const { accounting, refused } = run
  const steps = stepsOf(accounting)
  const rows = (step: Step & { readonly path: string }) =>
    html`<tr><td><i style="--colour: var(--${step.colour})"></i>${step.label}</td><td class="number">${figures(step.path)}</td><td class="number">${formatShare(step.count, accounting.lines)}</td></tr>`
  return html`<section><h2>Where the lines went</h2>
${accountingChart(accounting.lines, drawnSteps(accounting), accounting.rows)}
<details><summary>The same as a table</summary><table><thead><tr><th>Lines</th><th class="number">Count</th><th class="number">Share</th></tr></thead><tbody>
${rows({ label: 'read', count: accounting.lines, colour: 'lines', path: 'run.accounting.lines' })}
${steps.map(rows)}
${rows({ label: 'rows', count: accounting.rows, colour: 'rows', path: 'run.accounting.rows' })}
</tbody></table></details>
${explodedTable(accounting, figures)}
${refused.length === 0 ? undefined : html`<details><summary>What filters refused most often</summary>${refused.map(({ reason, values }, at) => countedTable(reason, values, `run.refused.${at}.values`, figures))}</details>`}
${accounting.rows + accounting.exploded === tables[0].rows ? undefined : html`<p class="note">The rows that are looked at below are more or less than those of this run: the outputs hold rows of other runs too, or this run left them as they were.</p>`}
</section>`
}

/** What became of the rows of lines that made several. */
function explodedTable({ exploded, dropped }: AccountingProfile, figures: Figures): Markup | undefined {
  if (exploded === 0 && dropped.length === 0) return undefined
  return html`<details><summary>Lines that made several rows</summary>
<p class="dim">A line counts as one row above, whatever came out of it: ${figures('run.accounting.exploded')} ${plural(exploded, 'row')} came out beside the first of their line.</p>
${dropped.length === 0 ? undefined : countedTable('Rows that were dropped', dropped, 'run.accounting.dropped', figures)}</details>`
}

/** Names with their counts, the head of whose table is `title`; `path` leads to them. */
export function countedTable(title: string, values: readonly Counted[], path: string, figures: Figures): Markup {
  return html`<table><thead><tr><th>${title}</th><th class="number">Count</th></tr></thead><tbody>${values.map(
    ({ name }, at) =>
      html`<tr><td><bdi>${name === '' ? '(empty)' : shortened(name, NAME_CHARACTERS_MAX)}</bdi></td><td class="number">${figures(`${path}.${at}.count`)}</td></tr>`,
  )}</tbody></table>`
}

/** The steps that are drawn: those with lines, and of codes their sum where there are more than three. */
function drawnSteps(accounting: AccountingProfile): readonly Step[] {
  const steps = stepsOf(accounting).filter(({ count }) => count > 0)
  const isJoined = (colour: string) => steps.filter((step) => step.colour === colour).length > CODES_DRAWN
  const joined = new Set(['malformed', 'set-aside'].filter(isJoined))
  return steps.flatMap((step, at) => {
    if (!joined.has(step.colour)) return [step]
    const alike = steps.filter(({ colour }) => colour === step.colour)
    if (alike[0] !== steps[at]) return []
    const count = alike.reduce((sum, one) => sum + one.count, 0)
    return [{ label: `${step.colour.replace('-', ' ')}, by ${alike.length} codes`, count, colour: step.colour }]
  })
}

function stepsOf({ filtered, duplicates, setAside, malformed, blank }: AccountingProfile): (Step & { path: string })[] {
  const counted = (word: string, values: readonly Counted[], name: string, colour: string) =>
    values.map((value, at) => ({
      label: `${word}: ${value.name}`,
      count: value.count,
      colour,
      path: `run.accounting.${name}.${at}.count`,
    }))
  return [
    { label: 'blank', count: blank, colour: 'blank', path: 'run.accounting.blank' },
    ...counted('malformed', malformed, 'malformed', 'malformed'),
    ...counted('filtered', filtered, 'filtered', 'filtered'),
    ...counted('set aside', setAside, 'setAside', 'set-aside'),
    { label: 'duplicates', count: duplicates, colour: 'duplicates', path: 'run.accounting.duplicates' },
  ]
}

/** What filters refused may be of any length. */
const NAME_CHARACTERS_MAX = 257
const CODES_DRAWN = 3
