import { plural } from '@fletching/columns/plural'
import { about } from './head.ts'
import { html, type Markup } from './markup.ts'
import type { Profile, TableProfile } from './profile.ts'
import { type Figures, formatBytes, formatShare } from './shown-figure.ts'

/** The columns of all outputs: how many rows have nothing in them, and how many different values there are. */
export function columnsSection({ tables }: Profile, figures: Figures): Markup {
  return html`<section><h2>Columns, and rows without a value</h2>${tables.map((table, at) => {
    const columns = columnsOf(table, `tables.${at}`, figures)
    return at === 0 ? columns : html`<details><summary>${table.format}, ${table.location}</summary>${columns}</details>`
  })}</section>`
}

function columnsOf({ location, format, rows, objects, columns }: TableProfile, path: string, figures: Figures): Markup {
  return html`<p class="note"><bdi>${location}</bdi>: ${objects === 0 ? 'no file' : format}, ${figures(`${path}.objects`)} ${plural(objects, 'object')}, ${figures(`${path}.bytes`, formatBytes)}, ${figures(`${path}.rows`)} ${plural(rows, 'row')}</p>
<table><thead><tr><th>Column</th><th class="number">Different</th><th class="number">Empty</th><th class="number">Share</th></tr></thead><tbody>${columns.map(
    ({ name, empty, distinct }, at) =>
      html`<tr><td><bdi>${name}</bdi><span class="meter" style="--share: ${rows === 0 ? 0 : (100 * empty) / rows}%"></span></td><td class="number">${about(distinct)}${figures(`${path}.columns.${at}.distinct.count`)}</td><td class="number">${figures(`${path}.columns.${at}.empty`)}</td><td class="number">${formatShare(empty, rows)}</td></tr>`,
  )}</tbody></table>`
}

/** Rows that say the same twice, or that Personalize cannot bring into an order. */
export function duplicatesSection({ tables }: Profile, figures: Figures): Markup {
  const [{ rows, details }] = tables
  const sameSecond = details?.sameSecond
  return html`<section><h2>Duplicates</h2><table><thead><tr><th>Rows</th><th class="number">Count</th><th class="number">Share</th></tr></thead><tbody>
${tables.map(
  (table, at) =>
    html`<tr><td>the same as an earlier one in every column${tables.length === 1 ? undefined : html`<br><span class="dim"><bdi>${table.location}</bdi></span>`}</td><td class="number">${about(table.duplicates)}${figures(`tables.${at}.duplicates.count`)}</td><td class="number">${formatShare(table.duplicates.count, table.rows)}</td></tr>`,
)}
${
  sameSecond === undefined
    ? undefined
    : html`<tr><td>of a user with an earlier row of the same second</td><td class="number">${about(sameSecond)}${figures('tables.0.details.sameSecond.count')}</td><td class="number">${formatShare(sameSecond.count, rows)}</td></tr>`
}
</tbody></table>
<p class="note">Of rows that are the same in every column Personalize keeps one. The order of events of one second is not in the data. What was sent twice goes with <code>--DEDUPE messageId</code> of the main job, or <code>.dropDuplicates</code>.</p></section>`
}
