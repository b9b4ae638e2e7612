import { plural } from '@fletching/columns/plural'
import { type Content, html, type Markup } from './markup.ts'
import type { Profile, TableProfile } from './profile.ts'
import { rolesOf } from './roles.ts'
import { type Figures, formatBytes, formatDuration, formatMoment, formatShare } from './shown-figure.ts'

/** The summary: what it is of, when, and the few numbers that one asks for first. */
export function pageHead(profile: Profile, figures: Figures): Markup {
  const { of, run, tables, checklist } = profile
  return html`<header>
<div class="top"><h1><bdi>${of}</bdi></h1>${
    checklist === undefined
      ? undefined
      : html`<span class="pill ${checklist.verdict}">Preflight: ${checklist.verdict}</span>`
  }</div>
<p class="dim">${
    run === undefined
      ? 'A profile of files'
      : html`The run of ${run.startedAt.replace('T', ' ').replace(/\.\d+Z$/, '')} UTC took ${figures('run.milliseconds', formatDuration)} and read ${figures('run.objects')} ${plural(run.objects, 'object')}, ${figures('run.bytes', formatBytes)}, from <code><bdi>${run.input}</bdi></code>`
  }</p>
<dl class="tiles">${tiles(profile, tables[0], figures)}</dl>
${run?.warnings.map((warning) => html`<p class="note">${warning}</p>`)}
</header>`
}

function tiles({ run }: Profile, table: TableProfile, figures: Figures): Content {
  const { columns, details } = table
  const time = details?.time
  const roles = rolesOf(columns.map(({ name }) => name))
  const [user, item] = [roles.get('user'), roles.get('item')]
  return [
    tile('Rows', figures('tables.0.rows')),
    ...(run === undefined
      ? []
      : [
          tile(
            'Lines read',
            figures('run.accounting.lines'),
            `${formatShare(run.accounting.rows, run.accounting.lines)} became rows`,
          ),
        ]),
    ...(user === undefined ? [] : [tile('Users', distinct(table, user, figures))]),
    ...(item === undefined ? [] : [tile('Items', distinct(table, item, figures))]),
    ...(time?.first === undefined
      ? []
      : [
          html`<div class="double"><dt>From, to</dt><dd class="words">${figures('tables.0.details.time.first', formatMoment)}<br>${figures('tables.0.details.time.last', formatMoment)}</dd></div>`,
        ]),
    tile(
      'Same row again',
      html`${about(table.duplicates)}${figures('tables.0.duplicates.count')}`,
      formatShare(table.duplicates.count, table.rows),
    ),
  ]
}

function distinct({ columns }: TableProfile, place: number, figures: Figures): Markup {
  return html`${about(columns[place].distinct)}${figures(`tables.0.columns.${place}.distinct.count`)}`
}

/** What stands before a number that is scaled from a sample. */
export function about({ isEstimated }: { readonly isEstimated: boolean }): string {
  return isEstimated ? 'about ' : ''
}

function tile(name: string, value: Content, below?: string): Markup {
  return html`<div><dt>${name}</dt><dd>${value}${below === undefined ? undefined : html`<small>${below}</small>`}</dd></div>`
}
