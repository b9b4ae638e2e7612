import { defineJob, param, scanNdjson, segmentTrack, writeCsv, writeParquet } from '@fletching/job'
import { optimize } from '@fletching/plan'
import { lower } from '../src/physical.ts'

/** A job with both kinds of sink; one that the scan can do alone, or with a filter that only kernels can. */
function clicksJob(hasKernelFilter: boolean) {
  return defineJob({
    name: 'clicks',
    params: { INPUT: param.location('events'), CSV: param.location('a folder'), TABLE: param.location('a folder') },
    plan: ({ INPUT, CSV, TABLE }) => {
      const wanted = scanNdjson(INPUT, segmentTrack)
        .filter((col) => col('event').isIn(['Product Clicked', 'Product Added']))
        .dropNulls('userId')
      const kept = hasKernelFilter
        ? wanted.filter((col) => col('userId').length().lt(3), { reason: 'long id' })
        : wanted
      const rows = kept.select((col) => ({
        user: col('userId'),
        event: col('event'),
        sku: col('properties.sku'),
        at: col('timestamp'),
        day: col('timestamp').date(),
      }))
      return [writeCsv(rows, { to: CSV, dialect: 'rfc4180' }), writeParquet(rows, { to: TABLE, partitionBy: ['day'] })]
    },
  })
}

export function clicksPlan({ hasKernelFilter = false } = {}) {
  const places = { INPUT: 'in', CSV: 'out/csv', TABLE: 'out/table' }
  return lower(optimize(clicksJob(hasKernelFilter).build(places)), {})
}

/** Lines of which about two in three are rows, some are malformed and some set aside. */
export function clickLines(count: number, name = 'u'): string {
  return Array.from({ length: count }, (_, n) => {
    if (n % 17 === 5) return `{"userId":"${name}${n}",`
    if (n % 23 === 7) return ''
    const time = n % 29 === 11 ? 'yesterday' : `2019-05-${String(10 + (n % 3))}T20:13:05.123Z`
    const event = ['Product Clicked', 'Page Viewed', 'Product Added'][n % 3]
    return `{"userId":"${name}${n}","event":"${event}","properties":{"sku":"ü${'s'.repeat(n % 40)}"},"timestamp":"${time}"}`
  }).join('\n')
}
