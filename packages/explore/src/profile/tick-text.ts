import type { TimeUnit } from './profile.ts'
import { THIN_BLANK } from './shown-figure.ts'

/** A moment below a chart, as short as its unit allows. */
export function tickText(moment: Date, unit: TimeUnit): string {
  const iso = moment.toISOString()
  const day = `${Number(iso.slice(8, 10))} ${MONTHS[moment.getUTCMonth()]}`
  switch (unit) {
    case 'hour':
      return iso.slice(11, 16) === '00:00' ? `00:00\n${day}` : iso.slice(11, 16)
    case 'day':
    case 'week':
      return `${day}\n${iso.slice(0, 4)}`
    case 'month':
      return `${MONTHS[moment.getUTCMonth()]}\n${iso.slice(0, 4)}`
    case 'year':
      return iso.slice(0, 4)
  }
}

/** A count with three digits at most: `1.2 M`. */
export function shortCount(count: number): string {
  const place = Math.min(Math.floor(Math.log10(Math.max(count, 1)) / 3), UNITS.length - 1)
  const value = count / 1000 ** place
  const digits = value < 10 && !Number.isInteger(value) ? value.toFixed(1) : String(Math.round(value))
  return place === 0 ? digits : `${digits}${THIN_BLANK}${UNITS[place]}`
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const UNITS = ['', 'k', 'M', 'G']
