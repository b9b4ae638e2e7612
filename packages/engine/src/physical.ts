import { formatPath, type Path } from '@fletching/columns'
import { authorError, internal } from '@fletching/columns/errors'
import type { CsvDialect } from '@fletching/csv'
import {
  lineLimits,
  type ScanColumn,
  type ScanField,
  type ScanItem,
  type ScannerKind,
  type ScanPredicate,
  type ScanSpec,
  type ScanStep,
  type ScanType,
  type UnfitValue,
} from '@fletching/ndjson'
import { type Compression, defaultWriter, type ParquetWriterName } from '@fletching/parquet'
import type {
  Contract,
  DropDuplicatesStep,
  ExplodeStep,
  Expr,
  Field,
  FieldType,
  FilterStep,
  OptimizedPlan,
  OptimizedSink,
  SinkColumn,
} from '@fletching/plan'
import { isScalar, keyOf } from '@fletching/plan'
import { plainWithin } from './arrow-type.ts'
import { declaredTypes, frozenColumns } from './frozen-columns.ts'
import type { RunOptions } from './options.ts'
import type { ObjectColumn } from './provenance.ts'

/**
 * How a job is done, as plain data: it could be sent to another thread as it is.
 *
 * What a line is worth is decided in the order of the steps; `residual` holds the filters that the scan does not understand.
 */
export interface PhysicalPlan {
  readonly location: string
  readonly scan: ScanSpec
  /** Columns of the rows that are known by the object that they came from. */
  readonly objectColumns: readonly ObjectColumn[]
  readonly residual: readonly FilterStep[]
  /** Behind the residual filters, where items of a list become rows. */
  readonly explode?: ExplodeStep
  /** Who scans leaves this, and all that stands behind it, to the thread that sees the whole input in order. */
  readonly dropDuplicates?: DropDuplicatesStep
  readonly sinks: readonly PhysicalSink[]
  /** Undefined where no column is frozen. */
  readonly frozen?: FrozenPlan
  /** Rows after which a batch ends: a constant, so that the bytes of the outputs depend on the input alone. */
  readonly batchRows: number
  readonly lineBytesMax: number
  readonly depthMax: number
  /** How many times its stored size may come out of an object; undefined for no limit. */
  readonly gzipRatioMax: number | undefined
  /** Who reads the lines. */
  readonly scanner: ScannerKind
}

/** What must fit, or the run fails. */
export interface FrozenPlan {
  /** Reads the frozen columns alone, of a line that has passed every filter. */
  readonly scan: ScanSpec
  /** What is declared at each dotted path of them. */
  readonly declared: Readonly<Record<string, string>>
}

export type PhysicalSink = CsvSinkPlan | ParquetSinkPlan

export interface CsvSinkPlan {
  readonly format: 'csv'
  readonly to: string
  readonly columns: readonly SinkColumn[]
  readonly dialect: CsvDialect
}

export interface ParquetSinkPlan {
  readonly format: 'parquet'
  readonly to: string
  readonly columns: readonly SinkColumn[]
  /** The columns whose values name the folder of a row; none puts every row into one file. */
  readonly partitionBy: readonly string[]
  readonly writer: ParquetWriterName
  readonly compression: Compression
  readonly rowGroupRows: number
  /** Rows that all open partitions may hold together; when more come, the largest is written out. */
  readonly openRows: number
  /** Bytes that they may hold together, for tables of long values. */
  readonly openBytes: number
}

/** Decides how an optimized plan is done. */
export function lower(plan: OptimizedPlan, options: RunOptions): PhysicalPlan {
  const { lineBytesMax, depthMax } = lineLimits(options)
  return {
    location: plan.scan.location,
    scan: lowerScan(plan.scan),
    objectColumns: plan.scan.columns.flatMap(({ path, provenance }) =>
      provenance === 'file' || provenance === 'keyDay' ? [{ name: formatPath(path), of: provenance }] : [],
    ),
    residual: plan.residual,
    ...(plan.explode === undefined ? {} : { explode: plan.explode }),
    ...(plan.dropDuplicates === undefined ? {} : { dropDuplicates: plan.dropDuplicates }),
    sinks: plan.sinks.map((sink) => lowerSink(sink, options)),
    ...lowerFrozen(plan.scan),
    batchRows: 16_384,
    lineBytesMax,
    depthMax,
    gzipRatioMax: ratioLimit(options.gzipRatioMax),
    scanner: options.scanner ?? 'wasm',
  }
}

function ratioLimit(ratio: number | undefined): number | undefined {
  if (ratio === undefined || ratio >= 1) return ratio
  throw authorError('BAD_OPTION', `a ratio of ${ratio} would refuse what is not compressed at all`, {
    help: '--max-gzip-ratio takes a number from 1, such as 100',
  })
}

function lowerFrozen(scan: OptimizedPlan['scan']): { readonly frozen?: FrozenPlan } {
  const columns = frozenColumns(scan.columns)
  if (columns.length === 0) return {}
  const declared = columns.flatMap(({ path, type }) => declaredTypes(formatPath(path), type))
  return { frozen: { scan: { columns: scanColumns(columns), steps: [] }, declared: Object.fromEntries(declared) } }
}

function scanColumns(columns: OptimizedPlan['scan']['columns']): ScanColumn[] {
  return columns
    .filter(({ provenance }) => provenance === undefined)
    .map(({ path, keys, type, contract, required, output }) => ({
      name: formatPath(path),
      path: keys,
      type: scanType(type, contract),
      required,
      unfit: unfitOf(type, contract),
      output,
    }))
}

function lowerScan(scan: OptimizedPlan['scan']): ScanSpec {
  const columns = scanColumns(scan.columns)
  const numberOf = (path: Path) => columns.findIndex(({ name }) => name === formatPath(path))
  const steps = scan.steps.map(
    ({ predicate, reason, tally }): ScanStep => ({
      predicate: scanPredicate(predicate, numberOf),
      reason,
      ...(tally === undefined ? {} : { tallyColumn: numberOf(tally) }),
    }),
  )
  const places = scan.columns.flatMap(({ path, provenance }) =>
    provenance === 'line' || provenance === 'offset' ? [{ name: formatPath(path), of: provenance }] : [],
  )
  return places.length === 0 ? { columns, steps } : { columns, steps, places }
}

function scanPredicate(expr: Expr, numberOf: (path: Path) => number): ScanPredicate {
  switch (expr.op) {
    case 'and':
    case 'or':
      return { op: expr.op, inputs: expr.inputs.map((input) => scanPredicate(input, numberOf)) }
    case 'isIn':
      if (expr.input.op === 'column') {
        return { op: 'isIn', column: numberOf(expr.input.path), values: expr.values.map(String) }
      }
      break
    case 'compare':
      if (
        expr.left.op === 'column' &&
        expr.right.op === 'literal' &&
        expr.right.value !== null &&
        expr.operator !== 'eqNullSafe'
      ) {
        return { op: 'compare', column: numberOf(expr.left.path), operator: expr.operator, value: expr.right.value }
      }
      break
    case 'isNull':
    case 'isNotNull':
      if (expr.input.op === 'column') return { op: expr.op, column: numberOf(expr.input.path) }
      break
  }
  throw internal(`the scan was given a predicate that it does not understand: ${expr.op}`)
}

function scanType(type: FieldType, contract: Contract | undefined): ScanType {
  switch (type.kind) {
    case 'text': {
      const { numbers, lineBreaks, empty, encoding } = type
      return { kind: encoding === 'dictionary' ? 'dictionary' : 'utf8', numbers, lineBreaks, empty }
    }
    case 'list':
      return { kind: 'list', item: scanItem(type.item, contract) }
    case 'struct':
      return { kind: 'struct', fields: type.fields.map(scanField) }
    case 'int32':
    case 'date':
      throw authorError('NOT_IN_JSON', `a scan cannot read ${type.kind} from JSON`, {
        help: 'declare int64() or timestamp(), and cast after the scan',
      })
    default:
      return { kind: type.kind }
  }
}

function scanField(field: Field): ScanField {
  return { name: field.name, key: keyOf(field), ...scanItem(field.type, field.contract) }
}

/** - `contract`: that of the column or of the field, under which the items of its lists are as well. */
function scanItem(type: FieldType, contract: Contract | undefined): ScanItem {
  return { type: scanType(plainWithin(type), contract), unfit: unfitOf(type, contract) }
}

/** A contract that gives values up has them counted; a type that takes them for none by itself has not. */
function unfitOf({ otherwise }: FieldType, contract: Contract | undefined): UnfitValue {
  return otherwise === 'null' && contract === 'discard-value' ? 'discard' : otherwise
}

function lowerSink({ sink, columns }: OptimizedSink, options: RunOptions): PhysicalSink {
  if (sink.format === 'csv') {
    return { format: 'csv', to: sink.to, columns, dialect: options.csvDialect ?? sink.dialect }
  }
  const compression = options.parquetCompression ?? 'snappy'
  const rowGroupRows = options.rowGroupRows ?? 131_072
  return {
    format: 'parquet',
    to: sink.to,
    columns,
    partitionBy: partitionColumns(columns, options.partitionBy ?? sink.partitionBy),
    writer: options.parquetWriter ?? defaultWriter(compression),
    compression,
    rowGroupRows,
    openRows: 4 * rowGroupRows,
    openBytes: 128 * MIB,
  }
}

function partitionColumns(columns: readonly SinkColumn[], names: readonly string[]): readonly string[] {
  for (const [index, name] of names.entries()) {
    const type = columns.find((column) => column.name === name)?.type
    if (type !== undefined && !isScalar(type) && type.kind !== 'json') {
      throw authorError('BAD_OPTION', `${name} is a ${type.kind}, by which no folder can be named`, {
        help: 'partition by a column of plain values; --partition-by none writes one file',
      })
    }
    if (!columns.some((column) => column.name === name)) {
      throw authorError('UNKNOWN_COLUMN', `no column "${name}" to partition the table by`, {
        help: `the table has: ${columns.map((column) => column.name).join(', ')}; --partition-by none writes one file`,
      })
    }
    if (names.indexOf(name) < index) {
      throw authorError('BAD_OPTION', `the table is partitioned by "${name}" twice`, { help: 'name each column once' })
    }
  }
  if (names.length < columns.length) return names
  throw authorError('BAD_OPTION', 'every column is a partition column, so the files would be empty', {
    help: 'partition by fewer columns: they are not stored in the files',
  })
}

const MIB = 1024 * 1024
