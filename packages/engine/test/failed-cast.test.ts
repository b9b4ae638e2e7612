import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runJob } from '@fletching/engine'
import { defineJob, int64, param, scanNdjson, schema, text, writeCsv } from '@fletching/job'
import { inFolder } from '@fletching/testing'
import { describe, expect, it } from 'vitest'

const job = defineJob({
  name: 'numbers',
  params: { INPUT: param.location('events'), OUTPUT: param.location('a folder') },
  plan: ({ INPUT, OUTPUT }) => {
    const events = scanNdjson(INPUT, schema('events', { count: text() }))
    return [
      writeCsv(
        events.select((col) => ({ COUNT: col('count').cast(int64()) })),
        { to: OUTPUT },
      ),
    ]
  },
})

describe('a value that cannot be cast', () => {
  it.each([
    [{ a: ['1', 'x'] }, 'rows of IN/a'],
    // Small objects share a batch.
    [{ a: ['1'], b: ['2'], c: ['x'] }, 'rows of IN/a and what follows, to IN/c'],
  ])('ends the run with the objects that it may come from: %j', (objects, place) =>
    inFolder(async (folder) => {
      const INPUT = join(folder, 'in')
      await mkdir(INPUT)
      for (const [name, counts] of Object.entries(objects)) {
        await writeFile(join(INPUT, name), counts.map((count) => `${JSON.stringify({ count })}\n`).join(''))
      }
      const row = Object.values(objects).flat().length - 1
      await expect(runJob(job, { INPUT, OUTPUT: join(folder, 'out') }, { workers: 1 })).rejects.toThrow(
        expect.objectContaining({
          message: `CAST_FAILED: the text value cannot be cast to int64
  at row ${row}
  at column COUNT
  at ${place.replaceAll('IN', INPUT)}
  at job numbers
  mend the data, or cast with onFailure: 'null'`,
        }),
      )
    }),
  )
})
