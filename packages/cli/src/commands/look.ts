import { type CsvDialect, rulesOf } from '@fletching/csv'
import type { InputOptions } from '@fletching/explore/files'
import type { Context } from '../context.ts'
import type { OptionValues } from '../option-specs.ts'
import { Interrupted } from '../signals.ts'

/** What commands that look at data have in common: how input is read. */
export function inputOptions(values: OptionValues, signal: AbortSignal): InputOptions {
  return {
    csvEscape: rulesOf((values['csv-dialect'] as CsvDialect | undefined) ?? 'personalize').escape,
    exclude: (values.exclude as readonly string[] | undefined) ?? [],
    signal,
  }
}

/** The format that was asked for, else a table for a person and JSON for a program. */
export function formatFor(values: OptionValues, out: Context['out']): 'table' | 'csv' | 'json' {
  return (values.format as 'table' | 'csv' | 'json' | undefined) ?? (out.isTTY ? 'table' : 'json')
}

/** Waits for what changes nothing, so that a signal leaves nothing behind. */
export async function looking<T>(name: string, look: () => Promise<T>): Promise<T> {
  try {
    return await look()
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    throw new Interrupted(error.signal, `${name} was ended before it was done; it changes nothing`)
  }
}

/** Writes a text and waits until it is taken; false when nobody reads any more, which `watch` knows as well. */
export function write(out: Context['out'], text: string): Promise<boolean> {
  return new Promise((resolve) => {
    out.write(text, (error) => resolve(error === undefined || error === null))
  })
}
