import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { defineJob, param, scanNdjson, schema, text, writeCsv } from '@fletching/job'
import { inFolder } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { runJob } from '../src/index.ts'

const notes = schema('notes', { note: text() })

const copy = defineJob({
  name: 'copy-notes',
  params: { INPUT: param.location('notes'), OUTPUT: param.location('a folder') },
  plan: ({ INPUT, OUTPUT }) => [
    writeCsv(
      scanNdjson(INPUT, notes).select((col) => ({ note: col('note') })),
      { to: OUTPUT, dialect: 'personalize' },
    ),
  ],
})

describe('line breaks in free text', () => {
  it('become blanks where the dialect wants it, and are counted, on any number of threads', () =>
    inFolder(async (folder) => {
      await mkdir(join(folder, 'in'))
      // Each file is a unit of its own.
      const lines = `{"note":"a\\nb"}\n{"note":"c"}\n{"note":"\\r\\nd\\r"}\n${' '.repeat(700_000)}`
      for (const name of ['a', 'b']) await writeFile(join(folder, 'in', name), lines)
      for (const workers of [1, 2]) {
        const places = { INPUT: join(folder, 'in'), OUTPUT: join(folder, `out${workers}`) }
        const { converted } = await runJob(copy, places, { workers })
        expect(converted).toEqual({ 'CSV: line break as a blank': 6 })
        const csv = await readFile(join(folder, `out${workers}`, 'part-00000.csv'), 'utf8')
        expect(csv).toBe('note\na b\nc\n" d "\na b\nc\n" d "\n')
      }
      const places = { INPUT: join(folder, 'in'), OUTPUT: join(folder, 'quoted') }
      expect((await runJob(copy, places, { csvDialect: 'rfc4180' })).converted).toEqual({})
    }))
})
