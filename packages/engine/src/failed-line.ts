import { formatPath } from '@fletching/columns'
import type { FletchingError } from '@fletching/columns/errors'
import type { ObjectInfo, Objects, Store } from '@fletching/storage'
import { atLine, type FailedRow, type RowError } from './failed-row.ts'
import { LINE, type LinePlace, OFFSET, withPlaces } from './kept-rows.ts'
import { contentOf } from './message-search.ts'
import type { MorselBody } from './morsel.ts'
import type { PhysicalPlan } from './physical.ts'
import { Pipeline } from './pipeline.ts'

/** An error that tells of a row, with its line instead, if its object can be read again. */
export async function withLine(
  error: RowError,
  plan: PhysicalPlan,
  { store, objects }: { readonly store: Store; readonly objects: Objects },
  signal: AbortSignal | undefined,
): Promise<FletchingError> {
  const { failed } = error.details
  const object = objects.at(failed.object)
  if (object === undefined || object.location.scheme === 'stdin') return error
  const found = await lineOf(failed, plan, store, object, signal).catch(() => undefined)
  signal?.throwIfAborted()
  return found === undefined ? error : atLine(error, found)
}

async function lineOf(
  { from, row, of }: FailedRow,
  plan: PhysicalPlan,
  store: Store,
  object: ObjectInfo,
  signal: AbortSignal | undefined,
): Promise<LinePlace | undefined> {
  const pipeline = new Pipeline(withPlaces(of === 'undecided' ? plan : scanAlone(plan)))
  let left = row
  const look = (bodies: readonly MorselBody[]): LinePlace | undefined => {
    for (const { undecided } of bodies) {
      const [lines, offsets] = [LINE, OFFSET].map((path) => undecided?.batch.getChild(formatPath(path)))
      for (let at = 0; at < (undecided?.batch.numRows ?? 0); at++) {
        const byteOffset = Number(offsets?.get(at))
        if (byteOffset >= from && left-- === 0) return { object: object.name, line: Number(lines?.get(at)), byteOffset }
      }
    }
  }
  pipeline.start(0, object.name)
  for await (const bytes of contentOf(store, object, signal)) {
    const found = look(pipeline.push(bytes))
    if (found !== undefined) return found
  }
  pipeline.end(0)
  return look(pipeline.flush())
}

/** A plan that ends behind its scan. */
function scanAlone(whole: PhysicalPlan): PhysicalPlan {
  const { explode: _, ...plan } = whole
  return { ...plan, residual: [], dropDuplicates: { keys: [], nulls: 'equal', filters: [] }, sinks: [] }
}
