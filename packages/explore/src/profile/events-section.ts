import { plural } from '@fletching/columns/plural'
import { countedTable } from './accounting-section.ts'
import { eventsChart } from './charts.ts'
import { html, type Markup } from './markup.ts'
import type { EventsProfile, Profile, TimeProfile } from './profile.ts'
import { type Figures, formatMoment } from './shown-figure.ts'

/** Events by type over time, with the range, the days without any, and what lies far away. */
export function eventsSection({ tables: [{ details }] }: Profile, figures: Figures): Markup | undefined {
  if (details === undefined || (details.events === undefined && details.time === undefined)) return undefined
  const { events, time } = details
  return html`<section class="broad"><h2>Events over time</h2>
${time === undefined ? undefined : timeText(time, figures)}
${time === undefined || time.buckets.length === 0 ? undefined : html`${eventsChart(time, coloursOf(time))}${legend(time)}${bucketTable(time, figures)}`}
${events === undefined ? undefined : typesText(events, figures)}
</section>`
}

const TIME = 'tables.0.details.time'

function timeText({ column, first, unreadable, unit, before, after, gaps }: TimeProfile, figures: Figures): Markup {
  if (first === undefined)
    return html`<p class="dim">No value of ${column} is a moment${rowsWithout(unreadable, figures)}.</p>`
  const away =
    before + after === 0
      ? undefined
      : html` Rows far away from nearly all others, and not in the picture: ${figures(`${TIME}.before`)} before it, ${figures(`${TIME}.after`)} after it.`
  return html`<p class="dim">By ${unit}, from ${figures(`${TIME}.first`, formatMoment)} to ${figures(`${TIME}.last`, formatMoment)}${rowsWithout(unreadable, figures)}. ${
    gaps.days === 0
      ? html`No day between is without an event.`
      : html`Days without an event: ${figures(`${TIME}.gaps.days`)}; the longest: ${gaps.longest.map(
          ({ from, days }, at) =>
            html`${at === 0 ? '' : ', '}${figures(`${TIME}.gaps.longest.${at}.days`)} ${plural(days, 'day')} from ${from}`,
        )}.`
  }${away}</p>`
}

function rowsWithout(unreadable: number, figures: Figures): Markup | undefined {
  return unreadable === 0
    ? undefined
    : html`, but for ${figures(`${TIME}.unreadable`)} ${plural(unreadable, 'row')} whose value is no moment`
}

function coloursOf({ series }: TimeProfile): string[] {
  return [...series.map((_, at) => `series-${at + 1}`), 'series-others']
}

function namesOf({ series }: TimeProfile): string[] {
  const others = series.length === 0 ? 'rows' : 'others'
  return [...series.map((name) => (name === '' ? '(empty)' : name)), others]
}

function legend(time: TimeProfile): Markup {
  const colours = coloursOf(time)
  const isThere = (at: number) => time.buckets.some(({ counts }) => counts[at] > 0)
  return html`<ul class="legend">${namesOf(time).map((name, at) =>
    isThere(at) ? html`<li><i style="--colour: var(--${colours[at]})"></i><bdi>${name}</bdi></li>` : undefined,
  )}</ul>`
}

function bucketTable(time: TimeProfile, figures: Figures): Markup {
  const isHour = time.unit === 'hour'
  return html`<details><summary>The same as a table</summary><div class="scroll"><table><thead><tr><th>From</th>${namesOf(
    time,
  ).map((name) => html`<th class="number"><bdi>${name}</bdi></th>`)}</tr></thead><tbody>${time.buckets.map(
    ({ counts }, at) =>
      html`<tr><td>${figures(`${TIME}.buckets.${at}.start`, (start) => formatMoment(start).slice(0, isHour ? 16 : 10))}</td>${counts.map(
        (_, of) => html`<td class="number">${figures(`${TIME}.buckets.${at}.counts.${of}`)}</td>`,
      )}</tr>`,
  )}</tbody></table></div></details>`
}

function typesText({ types, others }: EventsProfile, figures: Figures): Markup {
  const beyond =
    others === 0
      ? undefined
      : html`<p class="note">Further types, beyond the first hundred that came up: ${figures('tables.0.details.events.others')} ${plural(others, 'row')}.</p>`
  return html`<details${types.length > 8 ? '' : ' open'}><summary>Types of events</summary>${countedTable('Type', types, 'tables.0.details.events.types', figures)}${beyond}</details>`
}
