import { type FaultyS3, openFaultyS3, type RequestEvent } from '@fletching/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { start } from './kill.ts'
import { inputs, STATE } from './small-job.ts'

const BUCKET = 'bucket'

let s3: FaultyS3
/** Is told of every request, which waits for what it returns. */
let hold: (event: RequestEvent) => Promise<void> | undefined

beforeEach(async () => {
  s3 = await openFaultyS3({
    onRequest: async (event) => {
      await hold(event)
      return undefined
    },
  })
  for (const { key, bytes } of inputs) s3.put(BUCKET, key, bytes)
  hold = () => undefined
})

afterEach(async () => {
  await s3.close()
})

function run() {
  return start(`s3://${BUCKET}`, s3.env).ended
}

/** The run that the manifest names; the outputs are whole, and nothing else is left. */
function winner(): string {
  const outputs = ['18', '19', '20'].map((day) => `table/dt=2019-05-${day}/part-00000.parquet`)
  const names = [`${STATE}/manifest.json`, 'csv/part-00000.csv', ...inputs.map(({ key }) => key), ...outputs]
  expect(s3.objects(BUCKET).map(({ key }) => key)).toEqual(names.sort())
  expect(s3.uploads(BUCKET)).toEqual([])
  const manifest = s3.objects(BUCKET).find(({ key }) => key.endsWith('manifest.json'))
  return (JSON.parse(Buffer.from(manifest?.bytes ?? []).toString()) as { run: string }).run
}

/** Holds the first request of its kind, while something is done. */
function holdFirst(op: string, phase: string, work: () => Promise<void>): typeof hold {
  let isDone = false
  return (event) => {
    if (isDone || !isIntentOr(op, event) || event.phase !== phase) return undefined
    isDone = true
    return work()
  }
}

/** Of all objects that are put, the intent record is meant. */
function isIntentOr(wanted: string, { op, key }: RequestEvent): boolean {
  return op === wanted && (op !== 'PutObject' || key === `${STATE}/intent.json`)
}

describe('two runs at once', () => {
  it('the one that comes to its end later shows nothing', async () => {
    let changes = 0
    hold = holdFirst('PutObject', 'arrived', async () => {
      expect(await run()).toMatchObject({ code: 0 })
      changes = outputChanges()
    })
    const { code, said } = await run()
    expect(code).toBe(4)
    expect(said).toContain(`OVERTAKEN: another run was faster: ${winner()}`)
    expect(outputChanges()).toBe(changes)
  }, 60_000)

  it('at the same moment: one wins', async () => {
    // Both wait until both have come, or one has ended; a request that is sent again waits no more.
    let release = () => {}
    const met = new Promise<void>((resolve) => {
      release = resolve
    })
    let arrived = 0
    hold = (event) => {
      if (!isIntentOr('PutObject', event) || event.phase !== 'arrived') return undefined
      arrived += 1
      if (arrived === 2) release()
      return met
    }
    const ended = await Promise.all([run().finally(release), run().finally(release)])
    expect(new Set(ended.map(({ code }) => code))).toEqual(new Set([0, 4]))
    const { said } = ended.find(({ code }) => code === 4) ?? { said: '' }
    expect(said).toContain(`OVERTAKEN: another run was faster: ${winner()}`)
  }, 60_000)

  it.each([
    ['before it looks at the manifest', 'PutObject', 'applied', 4],
    ['before it shows anything', 'CompleteMultipartUpload', 'arrived', 0],
  ])(
    'one that begins while another commits finishes that commit, %s, and then runs',
    async (_, op, phase, code) => {
      let second = { code: undefined as number | undefined, said: '' }
      hold = holdFirst(op, phase, async () => {
        second = await run()
      })
      expect(await run()).toMatchObject({ code })
      expect(second).toMatchObject({
        code: 0,
        said: expect.stringContaining('ended while it showed its outputs; its commit was finished before') as string,
      })
      expect(winner()).not.toBe('')
    },
    60_000,
  )
})

/** How often something in the places of the outputs changed for all to see. */
function outputChanges(): number {
  return s3.changes.filter(({ key }) => /^(csv|table)\//.test(key)).length
}
