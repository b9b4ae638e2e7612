import { countRows } from '@fletching/explore/files'
import type { ToolCall } from '../tools.ts'
import { inputOptions, looking } from './look.ts'

/** `fletching count <location>` */
export async function execute({ words: { location = '' }, values, out, signal }: ToolCall): Promise<void> {
  out.write(`${await looking('count', () => countRows(location, inputOptions(values, signal)))}\n`)
}
