import { internal } from '@fletching/columns/errors'
import { html, type Markup } from './markup.ts'
import type { Profile } from './profile.ts'

/** Shows a number of the profile by its path, such as `tables.0.rows`; whoever reads the page finds path and value beside what is shown. */
export type Figures = (path: string, format?: (value: number) => string) => Markup

export function figuresOf(profile: Profile): Figures {
  return (path, format = formatCount) => {
    const value = path
      .split('.')
      .reduce<unknown>((of, name) => (of as Readonly<Record<string, unknown>> | undefined)?.[name], profile)
    if (typeof value !== 'number') throw internal(`the profile has no number at ${path}`)
    return html`<data value="${value}" data-figure="${path}">${format(value)}</data>`
  }
}

/** A count with thin blanks between thousands. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, THIN_BLANK)
}

/** Bytes in decimal units. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const place = Math.min(Math.max(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), 0), units.length - 1)
  const value = bytes / 1000 ** place
  return `${place === 0 ? value : value.toFixed(1)}${THIN_BLANK}${units[place]}`
}

/** A share of a whole: never 0 % for something, nor 100 % for less than all. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0 || part === 0) return `0${THIN_BLANK}%`
  const percent = (100 * part) / whole
  if (part === whole) return `100${THIN_BLANK}%`
  if (percent < 0.1) return `<${THIN_BLANK}0.1${THIN_BLANK}%`
  if (percent > 99.9) return `>${THIN_BLANK}99.9${THIN_BLANK}%`
  return `${percent.toFixed(1)}${THIN_BLANK}%`
}

/** `2019-05-18 14:03:22`, of seconds since 1970. */
export function formatMoment(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length).replace('T', ' ')
}

/** `8.4 s`, `3 min 20 s`, `1 h 2 min`. */
export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000
  if (seconds < 60) return `${seconds.toFixed(1)}${THIN_BLANK}s`
  if (seconds >= 3600) {
    return `${Math.floor(seconds / 3600)}${THIN_BLANK}h ${Math.floor((seconds % 3600) / 60)}${THIN_BLANK}min`
  }
  return `${Math.floor(seconds / 60)}${THIN_BLANK}min ${Math.floor(seconds % 60)}${THIN_BLANK}s`
}

export const THIN_BLANK = '\u202f'
