import type { FieldEvidence, Inferred } from '@fletching/explore/infer'
import { expect, it } from 'vitest'
import { inferredText } from '../src/commands/inferred-text.ts'

const at = (line: number) => ({ object: 'a.json', line, byteOffset: 0 })

function evidenceOf(path: string, kinds: FieldEvidence['kinds'], type: string | null = 'json'): FieldEvidence {
  return { path, column: path, present: 2, null: 0, missing: 0, kinds, type, why: 'why' }
}

function inferredOf(evidence: readonly FieldEvidence[]): Inferred {
  return { schema: { name: 's', fields: [] }, objects: 1, rows: 2, malformed: {}, changes: [], frozen: [], evidence }
}

const MIXED = { text: { count: 1, first: at(1) }, bool: { count: 1, first: at(2) } }
const MOMENTS = { moment: { count: 1, first: at(1) }, int64: { count: 1, first: at(2) } }

it('tells of columns before what lies in them, and of those with moments first', () => {
  const evidence = [
    evidenceOf('p', { object: { count: 2, first: at(1) } }, 'struct'),
    evidenceOf('p.`a.b`.c', MIXED),
    evidenceOf('p.at', MOMENTS),
    evidenceOf('p.`x``.y`', MIXED),
    evidenceOf('tags[]', MIXED),
    evidenceOf('p.``', MIXED),
    evidenceOf('`a.b.c`', MIXED),
    evidenceOf('z', {}, null),
    evidenceOf('timestamp', MOMENTS),
    evidenceOf('n', { int64: { count: 2, first: at(1) } }, 'int64'),
  ]
  const mixed = ['  1 text, first at a.json line 1, byte 0', '  1 bool, first at a.json line 2, byte 0']
  const moments = ['  1 moment, first at a.json line 1, byte 0', '  1 int64, first at a.json line 2, byte 0']
  const told = (path: string, kinds: readonly string[]) => [`${path} is json: why`, ...kinds].join('\n')
  expect(inferredText(inferredOf(evidence), false)).toEqual([
    'events: 2, in objects: 1',
    told('timestamp', moments),
    told('p.at', moments),
    told('tags[]', mixed),
    told('`a.b.c`', mixed),
    'z is left out: why',
    told('p.`x``.y`', mixed),
    told('p.``', mixed),
    told('p.`a.b`.c', mixed),
  ])
})

it('tells of twenty, and of how many more there are', () => {
  const evidence = [...Array(24).keys()].map((number) => evidenceOf(`p.f${number}`, MIXED))
  const told = inferredText(inferredOf([...evidence, evidenceOf('timestamp', MOMENTS)]), false)
  expect(told.map((lines) => lines.split(' ')[0])).toEqual([
    'events:',
    'timestamp',
    ...[...Array(19).keys()].map((number) => `p.f${number}`),
    'and',
  ])
  expect(told.at(-1)).toBe('and 5 more, which --evidence writes down')
})
