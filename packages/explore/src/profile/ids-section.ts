import { countedTable } from './accounting-section.ts'
import { itemsChart, usersChart } from './charts.ts'
import { html, type Markup } from './markup.ts'
import type { Profile } from './profile.ts'
import { type Figures, formatShare } from './shown-figure.ts'

/** The items with the most rows. */
export function itemsSection({ tables: [{ rows, details }] }: Profile, figures: Figures): Markup | undefined {
  const items = details?.items
  if (items === undefined) return undefined
  const top = items.top.reduce((sum, { count }) => sum + count, 0)
  const path = 'tables.0.details.items'
  return html`<section><h2>Top items</h2><p class="dim">${
    items.top.length === 0
      ? 'No row has an item.'
      : `${items.top.length === 1 ? 'One item has' : `These ${items.top.length} have`} ${formatShare(top, rows)} of the rows.`
  }</p>${items.top.length === 0 ? undefined : itemsChart(items, rows)}
${items.errorMax === 0 ? undefined : html`<p class="note">There are more items than are counted exactly: each count may lack up to ${figures(`${path}.errorMax`)} rows.</p>`}
<details><summary>${items.top.length > 10 ? `The first ${items.top.length} as a table` : 'The same as a table'}</summary>${countedTable('Item', items.top, `${path}.top`, figures)}</details></section>`
}

/** How many rows users have. */
export function usersSection({ tables: [{ details }] }: Profile, figures: Figures): Markup | undefined {
  const users = details?.users
  if (users === undefined) return undefined
  const all = users.bins.reduce((sum, bin) => sum + bin.users, 0)
  const once = users.bins.at(0)?.users ?? 0
  const path = 'tables.0.details.users.bins'
  return html`<section><h2>Interactions per user</h2><p class="dim">${
    all === 0
      ? 'No row has a user.'
      : `${formatShare(all - once, all)} of the users have two or more; training needs 25 such users.`
  }</p>${all === 0 ? undefined : usersChart(users)}
${users.isEstimated ? html`<p class="note">There are more than a million users: these numbers are scaled from a sample of them.</p>` : undefined}
<details><summary>The same as a table</summary><table><thead><tr><th>Rows of a user</th><th class="number">Users</th><th class="number">Share</th></tr></thead><tbody>${users.bins.map(
    ({ from, to, users: count }, at) =>
      html`<tr><td>${figures(`${path}.${at}.from`)}<span${from === to ? ' hidden' : ''}>–${figures(`${path}.${at}.to`)}</span></td><td class="number">${figures(`${path}.${at}.users`)}</td><td class="number">${formatShare(count, all)}</td></tr>`,
  )}</tbody></table></details></section>`
}
