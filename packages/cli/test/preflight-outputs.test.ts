import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Report } from '@fletching/engine'
import { resolveParams } from '@fletching/job'
import job from '@fletching/jobs/segment-to-personalize'
import { inFolder } from '@fletching/testing'
import { expect, it } from 'vitest'
import { assertPassed, preflightOutputs } from '../src/commands/personalize/preflight-outputs.ts'

it('tells that a CSV could not be looked at, which is an error only for those who want a verdict', async () => {
  await inFolder(async (folder) => {
    const csv = join(folder, 'gone.csv')
    const params = resolveParams(job, { S3_JSON_INPUT_PATH: 'in', S3_CSV_OUTPUT_PATH: csv })
    const { signal } = new AbortController()
    const report = { outputs: [{ name: csv, format: 'csv' }] } as unknown as Report
    const verdicts = await preflightOutputs(job, params, { signal }, report)
    const why = `NO_INPUT: there is no object at ${csv}`
    expect(verdicts).toEqual([
      { output: csv, verdict: 'unknown', failures: [], warnings: [], why, checklist: undefined },
    ])
    expect(() => assertPassed(verdicts)).toThrow(
      `PREFLIGHT_FAILED: the CSV could not be looked at: ${why}
  at ${csv}
  the outputs of the run are complete and have been committed; only the import has to wait
  fletching personalize preflight ${csv} says where, and the way out`,
    )
  })
})

it('leaves the look out when the run was told to end, since what it wrote stands', async () => {
  await inFolder(async (folder) => {
    const csv = join(folder, 'a.csv')
    await writeFile(csv, 'USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\n')
    const params = resolveParams(job, { S3_JSON_INPUT_PATH: 'in', S3_CSV_OUTPUT_PATH: csv })
    const report = { outputs: [{ name: csv, format: 'csv' }] } as unknown as Report
    const signal = AbortSignal.abort(new Error('SIGTERM'))
    const [{ verdict, why }] = await preflightOutputs(job, params, { signal }, report)
    expect([verdict, why]).toEqual(['unknown', 'the run was told to end'])
  })
})
