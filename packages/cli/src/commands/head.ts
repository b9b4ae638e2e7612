import { formatRows, headRows } from '@fletching/explore/files'
import { count } from '../options.ts'
import type { ToolCall } from '../tools.ts'
import { formatFor, inputOptions, looking } from './look.ts'

/** `fletching head <location>` */
export async function execute({ words: { location = '' }, values, out, signal }: ToolCall): Promise<void> {
  const rowsMax = count('rows', values.rows as string | undefined) ?? 10
  const { names, rows } = await looking('head', () => headRows(location, rowsMax, inputOptions(values, signal)))
  out.write(formatRows(formatFor(values, out), names)(rows))
}
