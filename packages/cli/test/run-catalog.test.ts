import job from '@fletching/jobs/segment-to-personalize'
import { glueEnv, openFaultyGlue, openFaultyS3 } from '@fletching/testing'
import { expect, it } from 'vitest'
import { planRegistration } from '../src/commands/catalog/run-catalog.ts'
import { Interrupted } from '../src/signals.ts'
import { openVoice } from '../src/voice.ts'

it('a signal after the commit says that the outputs are complete', async () => {
  const before = { ...process.env }
  const controller = new AbortController()
  const s3 = await openFaultyS3({ buckets: ['out'] })
  const glue = await openFaultyGlue({ onCall: () => controller.abort(new Interrupted('SIGTERM')) })
  Object.assign(process.env, s3.env, glueEnv(glue.endpoint))
  try {
    const params = {
      S3_JSON_INPUT_PATH: 's3://in',
      S3_CSV_OUTPUT_PATH: 's3://out/csv',
      S3_PARQUET_OUTPUT_PATH: 's3://out/t',
    }
    const register = planRegistration('db.events', job as never, params, {})
    const silent = { isTTY: false, write: () => true } as unknown as NodeJS.WriteStream
    const context = {
      params,
      environment: {},
      out: silent,
      err: silent,
      voice: openVoice(silent, silent),
      onReading: () => {},
    }
    const ended = register({ ...context, signal: controller.signal })
    await expect(ended).rejects.toMatchObject({
      exitCode: 143,
      message:
        'SIGTERM: the outputs of the run are complete; fletching catalog register segment-to-personalize --database db --table events does the rest',
    })
    await expect(ended).rejects.toBeInstanceOf(Interrupted)
  } finally {
    await glue.close()
    await s3.close()
    for (const name of Object.keys({ ...s3.env, ...glueEnv('') })) {
      if (before[name] === undefined) delete process.env[name]
      else process.env[name] = before[name]
    }
  }
})
