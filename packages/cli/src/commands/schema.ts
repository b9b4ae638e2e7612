import { formatRows, schemaOf } from '@fletching/explore/files'
import type { ToolCall } from '../tools.ts'
import { formatFor, inputOptions, looking } from './look.ts'

/** `fletching schema <location>` */
export async function execute({ words: { location = '' }, values, out, err, signal }: ToolCall): Promise<void> {
  const { columns, malformed } = await looking('schema', () => schemaOf(location, inputOptions(values, signal)))
  const rows = columns.map(({ column, type, values }) => [column, type, values])
  out.write(formatRows(formatFor(values, out), ['column', 'type', 'values'])(rows))
  if (malformed > 0) err.write(`lines that are no JSON object, and were left out: ${malformed}\n`)
}
