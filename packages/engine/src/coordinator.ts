import { internal } from '@fletching/columns/errors'
import { CsvEncoder } from '@fletching/csv'
import { formatLocation, joinLocation } from '@fletching/storage'
import type { Crew } from './crew.ts'
import { CsvSink } from './csv-sink.ts'
import { type Meter, meteredEncoder, operatorName } from './meter.ts'
import type { Morsel } from './morsel.ts'
import { fileSchema, sinkSchema } from './operators.ts'
import { ParquetSink } from './parquet-sink.ts'
import type { PhysicalSink } from './physical.ts'
import type { Places, SinkPlace } from './places.ts'
import { RejectsSink } from './rejects-sink.ts'
import type { OutputInfo } from './report.ts'
import { openTableEncoder, type TableEncoder } from './table-encoder.ts'

/**
 * Opens every sink of a run; when one cannot be opened, those before it leave no trace. Row groups are encoded by the crew, or on this thread
 * where there is none.
 *
 * - `meter`: is told of the row groups that are encoded on this thread.
 */
export async function openCoordinator(places: Places, crew?: Crew, meter?: Meter): Promise<Coordinator> {
  const { store, folder } = places.state
  const rejects = joinLocation(folder, 'rejects.ndjson')
  const sinks: Sink[] = []
  const coordinator = new Coordinator(sinks, new RejectsSink(formatLocation(rejects), () => store.create(rejects)))
  try {
    for (const [number, place] of places.sinks.entries()) {
      sinks.push(await openSink(place, crew?.encoder(number) ?? (await openMeteredEncoder(place.sink, number, meter))))
    }
    return coordinator
  } catch (error) {
    await coordinator.abort()
    throw error
  }
}

async function openSink({ sink, store, target }: SinkPlace, encoder: TableEncoder | undefined): Promise<Sink> {
  const schema = sinkSchema(sink.columns)
  if (sink.format === 'parquet') return ParquetSink.open(store, target, schema, sink, encoder)
  const csv = new CsvSink(formatLocation(target), await store.create(target, { contentType: 'text/csv' }))
  try {
    await csv.write(new CsvEncoder(schema, { dialect: sink.dialect }).header(), 0)
    return csv
  } catch (error) {
    await csv.abort().catch(() => {})
    throw error
  }
}

/** Undefined for a sink that has no row groups, and where nothing is measured. */
async function openMeteredEncoder(sink: PhysicalSink, number: number, meter: Meter | undefined) {
  if (meter === undefined || sink.format !== 'parquet') return undefined
  return openTableEncoder(fileSchema(sinkSchema(sink.columns), sink), sink, (encoder) =>
    meteredEncoder(meter, operatorName.encode(number), encoder),
  )
}

type Sink = CsvSink | ParquetSink

/**
 * Appends morsels to the sinks in order of `seq`, and shows the outputs together at the end: everything is brought to its
 * place first, then shown, the CSV last, so that whoever waits for the CSV finds the rest complete.
 */
export class Coordinator {
  readonly #sinks: readonly Sink[]
  readonly #rejects: RejectsSink
  #next = 0

  constructor(sinks: readonly Sink[], rejects: RejectsSink) {
    this.#sinks = sinks
    this.#rejects = rejects
  }

  async append(morsel: Morsel): Promise<void> {
    if (morsel.seq !== this.#next) throw internal(`morsel ${morsel.seq} came when ${this.#next} was next`)
    this.#next++
    await this.#rejects.write(morsel.rejects)
    for (const [index, part] of morsel.parts.entries()) {
      const sink = this.#sinks[index]
      if (part.format === 'csv') await (sink as CsvSink).write(part.bytes, part.rows)
      else await (sink as ParquetSink).write(part.batch)
    }
  }

  /** Rows that each sink was given, to be held against the accounting. */
  get rows(): readonly number[] {
    return this.#sinks.map((sink) => sink.rows)
  }

  /** Lines that the rejects were given. */
  get rejects(): number {
    return this.#rejects.rows
  }

  /** Shows every output. */
  async commit(): Promise<OutputInfo[]> {
    const isCsv = (sink: Sink) => sink instanceof CsvSink
    const all = [this.#rejects, ...this.#sinks.filter((sink) => !isCsv(sink)), ...this.#sinks.filter(isCsv)]
    for (const sink of all) await sink.prepare()
    const outputs: OutputInfo[] = []
    for (const sink of all) outputs.push(...(await sink.commit()))
    return outputs
  }

  /** Shows the rejects alone: a run whose outputs are left as they were still owes the lines it set aside. */
  async commitRejects(): Promise<OutputInfo[]> {
    for (const sink of this.#sinks) await sink.abort()
    await this.#rejects.prepare()
    return this.#rejects.commit()
  }

  /**
   * Leaves no trace of what was not shown. Every sink is asked, also behind one that cannot: why the run failed says more than
   * why something could not be taken away.
   */
  async abort(): Promise<void> {
    for (const sink of [...this.#sinks, this.#rejects]) await sink.abort().catch(() => {})
  }
}
