import { plural } from '@fletching/columns/plural'
import type { Checklist } from '@fletching/personalize/checklist'
import type { Finding } from '@fletching/personalize/finding'
import { html, type Markup } from './markup.ts'
import type { Profile } from './profile.ts'
import { type Figures, formatBytes, formatMoment } from './shown-figure.ts'

/** What Personalize would say of the CSV: what was found with its way out, and every rule that holds. */
export function checklistSection({ checklist }: Profile, figures: Figures): Markup | undefined {
  if (checklist === undefined) return undefined
  const { findings, rules } = checklist
  const kept = Object.entries(rules).filter(([, outcome]) => outcome === 'ok')
  return html`<section class="broad"><div class="top"><h2>Preflight for Amazon Personalize</h2><span class="pill ${checklist.verdict}">${checklist.verdict}</span></div>
<p class="dim">${
    findings.length === 0
      ? 'Nothing was found.'
      : 'A failure is refused by an import or a training; a warning is accepted and probably not meant; a note is good to know.'
  }</p>
<ul class="list findings">${findings.map((finding, at) => findingItem(finding, `checklist.findings.${at}`, figures))}</ul>
<details><summary>${kept.length} ${plural(kept.length, 'rule holds', 'rules hold')}</summary><ul class="rules">${kept.map(([code]) => html`<li><span class="ok">✓</span> <code>${code}</code></li>`)}</ul></details>
<details><summary>What was counted</summary><table><tbody>${countedRows(checklist, figures)}</tbody></table></details></section>`
}

function findingItem({ code, severity, what, count, places, help }: Finding, path: string, figures: Figures): Markup {
  return html`<li><p><span class="mark ${severity === 'note' ? 'noted' : severity}">${MARKS[severity]} ${severity}</span><code>${code}</code></p>
<p><strong>${what}</strong> <span class="dim">${figures(`${path}.count`)} ${plural(count, 'time')}</span></p>
<p>${help}</p>
${
  places.length === 0
    ? undefined
    : html`<details><summary>Where</summary>${places.map(
        ({ object, line, column }, at) =>
          html`<p class="dim"><bdi>${object}</bdi>${line === undefined ? undefined : html`, line ${figures(`${path}.places.${at}.line`)}`}${column === undefined ? undefined : html`, column <bdi>${column}</bdi>`}</p>`,
      )}</details>`
}</li>`
}

function countedRows({ figures: { first, last, isEstimated, eventTypes } }: Checklist, figures: Figures): Markup[] {
  const row = (name: string, value: Markup) => html`<tr><td>${name}</td><td class="number">${value}</td></tr>`
  const path = 'checklist.figures'
  const about = isEstimated ? ', about' : ''
  return [
    row('objects', figures(`${path}.objects`)),
    row('bytes', figures(`${path}.bytes`, formatBytes)),
    row('records', figures(`${path}.records`)),
    row(`users${about}`, figures(`${path}.users`)),
    row(`users with two interactions${about}`, figures(`${path}.usersWithTwo`)),
    row(`items${about}`, figures(`${path}.items`)),
    row(`records that are the same as another${about}`, figures(`${path}.sameSecond`)),
    ...(first === undefined ? [] : [row('first', figures(`${path}.first`, formatMoment))]),
    ...(last === undefined ? [] : [row('last', figures(`${path}.last`, formatMoment))]),
    ...eventTypes.map(({ name }, at) => row(`event ${name}`, figures(`${path}.eventTypes.${at}.count`))),
  ]
}

const MARKS = { failure: '✗', warning: '!', note: 'i' } as const
