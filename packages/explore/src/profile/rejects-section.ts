import { plural } from '@fletching/columns/plural'
import { countedTable } from './accounting-section.ts'
import { html, type Markup } from './markup.ts'
import type { Profile } from './profile.ts'
import type { Figures } from './shown-figure.ts'

/** The lines that were refused and kept, by code, each with its first place. */
export function rejectsSection({ run }: Profile, figures: Figures): Markup | undefined {
  if (run === undefined) return undefined
  const { rejects } = run
  if (rejects === undefined) {
    return html`<section><h2>Rejects</h2><p class="dim">No line was kept as a reject. With <code>--on-malformed quarantine</code> a run writes down every line that it refuses.</p></section>`
  }
  return html`<section><h2>Rejects by code</h2><p class="dim">${figures('run.rejects.lines')} ${plural(rejects.lines, 'line')} in ${figures('run.rejects.objects')} ${plural(rejects.objects, 'file')}</p>
${countedTable('Code', rejects.codes, 'run.rejects.codes', figures)}
<details><summary>Where the first of each stood</summary><ul class="list">${rejects.codes.map(
    ({ name, first }, at) =>
      html`<li><code>${name}</code><p class="dim"><bdi>${first.object}</bdi>, line ${figures(`run.rejects.codes.${at}.first.line`)}</p></li>`,
  )}</ul></details></section>`
}
