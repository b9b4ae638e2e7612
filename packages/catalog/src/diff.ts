import type { Column, StorageDescriptor, Table } from '@aws-sdk/client-glue'
import { isOurParameter, isReadByPlace, type WholeTable } from './table-input.ts'

/** What is wanted of a table and is not so in the catalog. */
export interface TableDiff {
  readonly columns: readonly Change[]
  /** At most one: all of them, in order. */
  readonly partitionKeys: readonly Change[]
  /** Where the table lies, how its files are read, and those of its parameters that are ours. */
  readonly settings: readonly Change[]
}

/** Something new has no `was`, what is not wanted no `is`. */
export interface Change {
  readonly name: string
  readonly was: string | undefined
  readonly is: string | undefined
}

/** The name under which the order of columns is compared, where a file has no names. */
export const ORDER = 'order of columns'

/** Compares a table of the catalog with the one that is wanted; parameters of others are none of our business. */
export function diffTables(
  found: Pick<Table, 'StorageDescriptor' | 'PartitionKeys' | 'Parameters'>,
  wanted: WholeTable,
): TableDiff {
  const { StorageDescriptor: old = {}, PartitionKeys: keys = [], Parameters: parameters = {} } = found
  const next = wanted.StorageDescriptor
  const serde = settingsOf(next)
  return {
    columns: changes(typesOf(old.Columns), typesOf(next.Columns)),
    partitionKeys: changes(keysOf(keys), keysOf(wanted.PartitionKeys)),
    settings: [
      ...changes(only(settingsOf(old), serde), serde),
      ...changes(ours(parameters), ours(wanted.Parameters)),
      ...(isReadByPlace(wanted) ? orderChanges(namesOf(old.Columns), namesOf(next.Columns)) : []),
    ],
  }
}

export function isSame({ columns, partitionKeys, settings }: TableDiff): boolean {
  return columns.length + partitionKeys.length + settings.length === 0
}

/** Lines for people: `+ column type`, `~ column old → new`, and `- column` with what becomes of it. */
export function formatDiff({ columns, partitionKeys, settings }: TableDiff, removed: 'kept' | 'removed'): string[] {
  return [
    ...columns.map((change) => formatChange(change, ` (${removed})`)),
    ...[...partitionKeys, ...settings].map((change) => formatChange(change)),
  ]
}

export function formatChange({ name, was, is }: Change, removed = ''): string {
  if (was === undefined) return `+ ${name} ${is}`
  return is === undefined ? `- ${name}${removed}` : `~ ${name} ${was} → ${is}`
}

/** - Order: that of what is wanted, then what is not. */
function changes(old: ReadonlyMap<string, string>, next: ReadonlyMap<string, string>): Change[] {
  return [...new Set([...next.keys(), ...old.keys()])]
    .map((name) => ({ name, was: old.get(name), is: next.get(name) }))
    .filter(({ was, is }) => was !== is)
}

/** Whether what both have stands in the same places. */
function orderChanges(old: readonly string[], next: readonly string[]): Change[] {
  const shared = old.filter((name) => next.includes(name))
  if (shared.every((name, index) => old[index] === name && next[index] === name)) return []
  return [{ name: ORDER, was: old.join(', '), is: next.join(', ') }]
}

function typesOf(columns: readonly Column[] = []): Map<string, string> {
  return new Map(
    columns.map(({ Name = '', Type = '' }) => [Name.toLowerCase(), Type.toLowerCase().replaceAll(' ', '')]),
  )
}

function namesOf(columns: readonly Column[] = []): string[] {
  return columns.map(({ Name = '' }) => Name.toLowerCase())
}

function keysOf(keys: readonly Column[]): Map<string, string> {
  const text = [...typesOf(keys)].map((key) => key.join(' ')).join(', ')
  return new Map([['partition keys', text === '' ? 'none' : text]])
}

function settingsOf({ Location, InputFormat, OutputFormat, SerdeInfo = {} }: StorageDescriptor): Map<string, string> {
  const settings: [string, string | undefined][] = [
    ['location', Location === undefined ? undefined : withSlash(Location)],
    ['input format', InputFormat],
    ['output format', OutputFormat],
    ['serde', SerdeInfo.SerializationLibrary],
    ...Object.entries(SerdeInfo.Parameters ?? {}).map(([name, value]): [string, string] => [`serde ${name}`, value]),
  ]
  return new Map(settings.filter((setting): setting is [string, string] => setting[1] !== undefined))
}

/** Those of the settings that are named among the others. */
function only(settings: ReadonlyMap<string, string>, others: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...settings].filter(([name]) => others.has(name)))
}

function ours(parameters: Readonly<Record<string, string>>): Map<string, string> {
  return new Map(Object.entries(parameters).filter(([name]) => isOurParameter(name)))
}

/** A folder with the slash that others leave out. */
export function withSlash(location: string): string {
  return location.endsWith('/') ? location : `${location}/`
}
