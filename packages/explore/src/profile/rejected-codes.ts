import { dataError } from '@fletching/columns/errors'
import type { ObjectInfo, Store } from '@fletching/storage'
import { linesOf } from '../files/lines.ts'
import { openObject } from '../files/open-input.ts'
import { inOrder } from './frequent-texts.ts'
import type { RejectedCode, RejectsProfile } from './profile.ts'

/**
 * Counts the lines that runs refused by their code, from the files in which they left them; what the lines hold is not looked at.
 *
 * - Errors: BAD_REJECTS (data) where a file holds something else; those of the store.
 */
export async function rejectedCodes(
  store: Store,
  objects: readonly ObjectInfo[],
  signal?: AbortSignal,
): Promise<RejectsProfile> {
  const codes = new Map<string, RejectedCode>()
  let lines = 0
  for (const object of objects) {
    const opened = await openObject(store, object, signal)
    if (opened.form !== 'ndjson') throw badRejects(object.name, undefined)
    for await (const { texts, numbers } of linesOf(opened.pieces, object.name)) {
      for (const [index, text] of texts.entries()) {
        const { code, ...first } = readReject(text, object.name, numbers[index])
        const known = codes.get(code)
        codes.set(code, { name: code, count: (known?.count ?? 0) + 1, first: known?.first ?? first })
        lines++
      }
    }
  }
  return { objects: objects.length, lines, codes: inOrder([...codes.values()]) }
}

function readReject(text: Uint8Array, name: string, number: number): { code: string; object: string; line: number } {
  try {
    const { code, object, line } = Object(JSON.parse(UTF8.decode(text))) as Readonly<Record<string, unknown>>
    if (typeof code === 'string' && typeof object === 'string' && typeof line === 'number')
      return { code, object, line }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw badRejects(name, number)
}

function badRejects(name: string, line: number | undefined) {
  return dataError('BAD_REJECTS', 'what a run left of the lines that it refused cannot be read', {
    at: line === undefined ? name : `${name}, line ${line}`,
    help: 'expected the file as the run wrote it; run the job again',
  })
}

const UTF8 = new TextDecoder()
