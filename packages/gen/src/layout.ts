import { DAY_MS, type Settings } from './options.ts'
import { Random } from './random.ts'
import { type Source, sourceOf } from './source.ts'

/** One object of a set: where it goes, whose it is, and the span of time in which its events arrive. */
export interface Slot {
  readonly key: string
  readonly source: Source
  readonly startMs: number
  readonly endMs: number
}

const STREAM = 0x006b_6579

/**
 * The objects of a set in the order of their keys: `segment-logs/<source>/<received day in ms>/<file>.gz`.
 *
 * Files go to the sources in turn and to the days in blocks; those of one source and day share the day's hours.
 */
export function layOut(settings: Settings): Slot[] {
  const random = new Random(settings.seed, STREAM)
  const sources = Array.from({ length: settings.sources }, (_, index) => sourceOf(index, random))
  const groups = new Map<string, { readonly source: Source; readonly dayMs: number; files: number }>()
  for (let file = 0; file < settings.files; file++) {
    const source = sources[file % sources.length]
    const dayMs = settings.firstDayMs + Math.floor((file * settings.days) / settings.files) * DAY_MS
    const name = `${source.id}/${dayMs}`
    const group = groups.get(name) ?? { source, dayMs, files: 0 }
    group.files++
    groups.set(name, group)
  }
  const slots: Slot[] = []
  for (const { source, dayMs, files } of groups.values()) {
    for (let file = 0; file < files; file++) {
      const startMs = dayMs + Math.floor((file * DAY_MS) / files)
      const endMs = dayMs + Math.floor(((file + 1) * DAY_MS) / files)
      const name = `${startMs}.${random.hex(8)}${random.hex(4)}.1.${file}`
      slots.push({
        key: `segment-logs/${source.id}/${dayMs}/${name}${settings.gzip ? '.gz' : ''}`,
        source,
        startMs,
        endMs,
      })
    }
  }
  return slots.sort((left, right) => (left.key < right.key ? -1 : 1))
}
