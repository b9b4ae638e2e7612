import { sample, sampleTitle } from '@fletching/testing'
import {
  type Fault,
  failed,
  type PersonalizeServerOptions,
  type Phase,
  throttled,
} from '@fletching/testing/personalize-server'
import { describe, expect, it } from 'vitest'
import { withEnds } from './import-ends.ts'

/** The requests of an import that makes everything. */
const REQUESTS = 15
const phases: readonly Phase[] = ['arrived', 'applied', 'answered']
const passing: Readonly<Record<string, Fault>> = {
  'was throttled': throttled,
  'met an error of the server': failed,
  'was reset': { kind: 'reset-before' },
  'lost its answer': { kind: 'apply-then-reset' },
}
const numbers = Array.from({ length: REQUESTS }, (_, index) => index + 1)

describe(`an import that is disturbed at a request, ${sampleTitle}`, () => {
  it.each(phases)('makes the same once when it is killed as one has %s, and started again', async (phase) => {
    for (const at of sample(numbers, 5)) {
      const controller = new AbortController()
      const onRequest: PersonalizeServerOptions['onRequest'] = ({ number }, reached) => {
        if (number !== at || reached !== phase) return undefined
        controller.abort(new Error('killed'))
        return 'drop'
      }
      await withEnds({ onRequest }, async ({ personalize, run }) => {
        // The answer to the last request may have ended the import.
        await run({ signal: controller.signal }).catch((error: unknown) => expect(error).toEqual(new Error('killed')))
        expect(personalize.requests.length).toBeGreaterThanOrEqual(at)
        const again = await run()
        expect(personalize.account.resources.map(({ kind }) => kind)).toEqual([
          'schema',
          'dataset-group',
          'dataset',
          'dataset-import-job',
        ])
        expect(personalize.names('dataset-import-job')).toEqual([again?.job])
        expect(again).toMatchObject({ mode: 'FULL' })
      })
    }
  })

  it.each(Object.entries(passing))('makes the same once when one %s', async (_name, fault) => {
    for (const nth of sample(numbers, 5)) {
      await withEnds({ faults: [{ nth, fault }] }, async ({ personalize, run }) => {
        await run()
        expect(personalize.account.resources).toHaveLength(4)
        expect(personalize.requests.length).toBeGreaterThanOrEqual(REQUESTS)
      })
    }
  })
})
