import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineJob, param, scanNdjson, segmentTrack, writeCsv } from '@fletching/job'
import { inFolder } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { lastRun } from '../src/last-run.ts'
import { runJob } from '../src/run.ts'
import { clickLines } from './clicks.ts'

const job = defineJob({
  name: 'users',
  params: { INPUT: param.location('events'), CSV: param.location('a folder') },
  plan: ({ INPUT, CSV }) => {
    const rows = scanNdjson(INPUT, segmentTrack).dropNulls('userId')
    return [
      writeCsv(
        rows.select((col) => ({ user: col('userId') })),
        { to: CSV, dialect: 'rfc4180' },
      ),
    ]
  },
})

describe('lastRun', () => {
  it.each([undefined, 'state'])(
    'is none before the first run, and then what that has told, however the output is written; --state %s',
    (name) =>
      inFolder(async (folder) => {
        const params = { INPUT: join(folder, 'in'), CSV: join(folder, 'out') }
        const options = name === undefined ? {} : { state: join(folder, name) }
        mkdirSync(params.INPUT)
        writeFileSync(join(params.INPUT, 'a.json'), clickLines(4))
        expect(await lastRun(job, params, options)).toBeUndefined()
        const report = await runJob(job, params, options)
        const found = await lastRun(job, { ...params, CSV: `file://${params.CSV}/` }, options)
        expect(found?.outputs).toEqual(report.outputs)
        expect(found?.accounting).toEqual(report.accounting)
      }),
  )

  it('of outputs that another state folder belongs to is refused', () =>
    inFolder(async (folder) => {
      const params = { INPUT: join(folder, 'in'), CSV: join(folder, 'out') }
      const state = join(folder, 'state')
      mkdirSync(params.INPUT)
      writeFileSync(join(params.INPUT, 'a.json'), clickLines(4))
      await runJob(job, params, { state })
      await expect(lastRun(job, { ...params, CSV: join(folder, 'other') }, { state })).rejects.toThrow(
        `STATE_MISMATCH: the state folder belongs to another output, ${params.CSV}`,
      )
    }))
})
