import type { OutputDescription } from '@fletching/engine'
import type { Dataset } from '@fletching/personalize/dataset'

/** What an output is imported into Personalize as, by the schema that its job demands of it; undefined for a table, and for any other CSV. */
export function datasetOf({ format, demands }: Pick<OutputDescription, 'format' | 'demands'>): Dataset | undefined {
  return format === 'csv' && demands !== undefined ? DATASETS.get(demands) : undefined
}

const DATASETS: ReadonlyMap<string, Dataset> = new Map([
  ['personalizeInteractions', 'interactions'],
  ['personalizeValuedInteractions', 'interactions'],
  ['personalizeUsers', 'users'],
  ['personalizeItems', 'items'],
])
