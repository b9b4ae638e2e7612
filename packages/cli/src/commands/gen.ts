import { authorError } from '@fletching/columns/errors'
import { type GenOptions, generateObjects, trapKinds, wellFormedTrapKinds } from '@fletching/gen'
import { joinLocation, openStore, parseLocation } from '@fletching/storage'
import type { Context } from '../context.ts'
import { counted, formatBytes, formatCount } from '../figures.ts'
import type { OptionValues } from '../option-specs.ts'
import { badOption, byteCount, count, definedOnly } from '../options.ts'
import { Interrupted } from '../signals.ts'

/** `fletching gen --to LOCATION`: each object is written whole before the next is made. */
export async function genCommand(values: OptionValues, { out, signal }: Context): Promise<void> {
  const to = values.to
  if (typeof to !== 'string' || to.trim() === '') {
    throw authorError('MISSING_OPTION', 'gen needs a place to write to', {
      help: 'expected --to FOLDER or --to s3://bucket/prefix',
    })
  }
  const options = genOptions(values)
  const folder = parseLocation(`${to.replace(/\/+$/, '')}/`)
  const store = await openStore(folder)
  let objects = 0
  let lines = 0
  let uncompressed = 0
  for (const object of generateObjects(options)) {
    if (signal.aborted) throw interrupted(signal.reason, objects, to)
    const { contentType, contentEncoding } = object
    const writer = await store.create(
      joinLocation(folder, object.key),
      contentEncoding === undefined ? { contentType } : { contentType, contentEncoding },
    )
    try {
      await writer.write(object.bytes)
      await writer.commit()
    } catch (error) {
      await writer.abort()
      throw error
    }
    objects++
    lines += object.lines
    uncompressed += object.uncompressedBytes
  }
  out.write(
    `wrote ${counted(objects, 'object')}, ${counted(lines, 'line')}, ${formatBytes(uncompressed)} of JSON below ${to}\n`,
  )
}

function interrupted(reason: unknown, objects: number, to: string): unknown {
  if (!(reason instanceof Interrupted)) return reason
  return new Interrupted(
    reason.signal,
    `gen was ended before its last object; whole objects below ${to}: ${formatCount(objects)}`,
  )
}

function genOptions(values: OptionValues): GenOptions {
  const text = (name: string) => values[name] as string | undefined
  const malformed = values.malformed === true
  return definedOnly({
    seed: seed(text('seed')),
    bytes: byteCount('bytes', text('bytes')),
    days: count('days', text('days')),
    firstDay: day(text('first-day')),
    kind: text('kind'),
    traps: share(text('traps')),
    trapKinds: malformed ? trapKinds.map(({ kind }) => kind) : wellFormedTrapKinds,
    gzip: values.plain !== true,
  }) as GenOptions
}

function seed(text: string | undefined): number {
  if (text === undefined) return 1
  if (!/^\d{1,9}$/.test(text)) throw badOption('--seed', text, 'expected a whole number of at most nine digits')
  return Number(text)
}

function share(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^(0|1|0?\.\d+|1\.0+)$/.test(text))
    throw badOption('--traps', text, 'expected a share from 0 to 1, such as 0.01')
  return Number(text)
}

function day(text: string | undefined): string | undefined {
  if (text !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    throw badOption('--first-day', text, 'expected a day such as 2019-05-18')
  }
  return text
}
