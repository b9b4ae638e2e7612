import { internal } from '@fletching/columns/errors'
import { CsvEncoder } from '@fletching/csv'
import type { RowGroupEncoder } from '@fletching/parquet'
import { joinLocation, type ObjectWriter, type Store } from '@fletching/storage'
import type { Crew } from './crew.ts'
import { CsvSink } from './csv-sink.ts'
import type { EarlierRows } from './earlier-rows.ts'
import { mapSome, preparedAtOnce } from './map-some.ts'
import { type Meter, meteredEncoder, operatorName } from './meter.ts'
import type { Morsel } from './morsel.ts'
import { sinkSchema, writtenSchema } from './operators.ts'
import { ParquetSink } from './parquet-sink.ts'
import type { PhysicalSink } from './physical.ts'
import type { Places, SinkPlace } from './places.ts'
import { RejectsSink } from './rejects-sink.ts'
import type { PreparedOutput } from './report.ts'
import type { RunLog } from './run-log.ts'
import { openTableEncoder } from './table-encoder.ts'

/** Who takes part in writing, where there is one. */
interface Helpers {
  readonly crew: Crew | undefined
  readonly log: RunLog | undefined
  readonly meter: Meter | undefined
}

/**
 * Opens every sink of a run; when one cannot be opened, those before it leave no trace. Row groups are encoded by the crew, or on this thread
 * where there is none.
 *
 * - `log`: is told of every output before any byte goes there.
 * - `meter`: is told of the row groups that are encoded on this thread.
 */
export async function openCoordinator(
  { sinks: places, files, keptAs, state }: Pick<Places, 'sinks' | 'files' | 'keptAs' | 'state'>,
  { crew, log, meter }: Partial<Helpers> = {},
): Promise<Coordinator> {
  const logged = (store: Store): Pick<Store, 'create'> => ({
    create: (location, options) =>
      store.create(location, {
        ...options,
        ...keptAs,
        ...(log === undefined ? {} : { onBegun: (begun) => log.add(begun) }),
      }),
  })
  const rejects = joinLocation(state.folder, files.rejects)
  const sinks: Sink[] = []
  const atOnce = preparedAtOnce(...places.map(({ target }) => target))
  const coordinator = new Coordinator(sinks, new RejectsSink(() => logged(state.store).create(rejects)), atOnce)
  try {
    for (const [number, { sink, store, target }] of places.entries()) {
      const encoder = crew?.encoder(number) ?? (await openMeteredEncoder(sink, number, meter))
      sinks.push(await openSink({ sink, target, files }, logged(store), encoder))
    }
    return coordinator
  } catch (error) {
    await coordinator.abort()
    throw error
  }
}

async function openSink(
  { sink, target, files }: Pick<SinkPlace, 'sink' | 'target'> & Pick<Places, 'files'>,
  store: Pick<Store, 'create'>,
  encoder: RowGroupEncoder | undefined,
): Promise<Sink> {
  const schema = sinkSchema(sink.columns)
  if (sink.format === 'parquet')
    return ParquetSink.open(store, { folder: target, partFile: files.part }, schema, sink, encoder)
  const csv = new CsvSink(await store.create(target, { contentType: 'text/csv' }))
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
  const encoder = await openTableEncoder(writtenSchema(sink), sink)
  return meteredEncoder(meter, operatorName.encode(number), encoder)
}

type Sink = CsvSink | ParquetSink

function isCsv(sink: Sink): boolean {
  return sink instanceof CsvSink
}

/**
 * Appends morsels to the sinks in order of `seq`, and brings everything to its place at the end, in the order in which it is to be shown: the
 * CSV last, so that whoever waits for the CSV finds the rest complete.
 */
export class Coordinator {
  readonly #sinks: readonly Sink[]
  readonly #rejects: RejectsSink
  readonly #atOnce: number
  readonly #adopted: Pick<ObjectWriter, 'abort'>[] = []
  #next = 0
  #isHandedOver = false

  /** - `atOnce`: outputs that are brought to their places side by side. */
  constructor(sinks: readonly Sink[], rejects: RejectsSink, atOnce: number) {
    this.#sinks = sinks
    this.#rejects = rejects
    this.#atOnce = atOnce
  }

  async append(morsel: Morsel): Promise<void> {
    if (morsel.seq !== this.#next) throw internal(`morsel ${morsel.seq} came when ${this.#next} was next`)
    this.#next++
    await this.#rejects.write(morsel.rejects)
    for (const [index, part] of morsel.parts.entries()) {
      const sink = this.#sinks[index]
      if (part.format === 'csv') await (sink as CsvSink).write(part.bytes, part.rows)
      else await (sink as ParquetSink).write(part.parts)
    }
  }

  /** Writes rows of earlier runs into a CSV, before those of this one. */
  async writeEarlier(index: number, parts: AsyncIterable<EarlierRows>): Promise<void> {
    for await (const { bytes, rows } of parts) await (this.#sinks[index] as CsvSink).writeEarlier(bytes, rows)
  }

  /** Rows of this run that each sink was given, to be held against the accounting. */
  get rows(): readonly number[] {
    return this.#sinks.map((sink) => sink.rows)
  }

  /** Lines that the rejects were given. */
  get rejects(): number {
    return this.#rejects.rows
  }

  /** Brings every output to its place, and shows none. */
  async prepare(): Promise<PreparedOutput[]> {
    const all = [this.#rejects, ...this.#sinks.filter((sink) => !isCsv(sink)), ...this.#sinks.filter(isCsv)]
    // Side by side, a disk takes the rows of a CSV while row groups are encoded.
    const outputs = await mapSome<Sink | RejectsSink, PreparedOutput[]>(all, this.#atOnce, (sink) => sink.prepare())
    return outputs.flat()
  }

  /** The rejects alone: a run whose outputs are left as they were still owes the lines it set aside. */
  async prepareRejects(): Promise<PreparedOutput[]> {
    for (const sink of this.#sinks) await sink.abort()
    return this.#rejects.prepare()
  }

  /** The rejects and the CSVs: a run without a row may owe a CSV the rows of earlier runs, and has none for a table. */
  async prepareCsvs(): Promise<PreparedOutput[]> {
    for (const sink of this.#sinks) if (!isCsv(sink)) await sink.abort()
    const outputs = await this.#rejects.prepare()
    for (const sink of this.#sinks.filter(isCsv)) outputs.push(...(await sink.prepare()))
    return outputs
  }

  /** Takes care of something that is no sink as well: `abort` takes it away. */
  adopt(writer: Pick<ObjectWriter, 'abort'>): void {
    this.#adopted.push(writer)
  }

  /** What was prepared is on record to be shown, and `abort` leaves it. */
  handOver(): void {
    this.#isHandedOver = true
  }

  /** That record is no more. */
  takeBack(): void {
    this.#isHandedOver = false
  }

  /**
   * Leaves no trace of what is not on record to be shown. Every sink is asked, also behind one that cannot: why the run failed says more
   * than why something could not be taken away.
   *
   * @returns whether nothing is left.
   */
  async abort(): Promise<boolean> {
    if (this.#isHandedOver) return false
    let isGone = true
    for (const sink of [...this.#sinks, this.#rejects, ...this.#adopted]) {
      await sink.abort().catch(() => {
        isGone = false
      })
    }
    return isGone
  }
}
