import * as sdk from '@aws-sdk/client-glue'
import { openFaultyGlue, sdkModel } from '@fletching/testing'
import { expect, it } from 'vitest'
import { registerTable } from '../src/register.ts'
import { foldersOf, owner, specOf, withFaulty } from './glue-server.ts'

const { wrongInInput, wrongInOutput, wrongInError } = sdkModel(sdk)

it('calls and answers are as the SDK has them of Glue', async () => {
  const calls = await withFaulty({}, async (glue, server) => {
    const elsewhere = [{ values: ['d1'], location: 's3://acme-old/' }]
    await registerTable(glue, specOf('db', ['a string'], { isProjected: true }), elsewhere, owner)
    const changed = { policy: 'replace', takesOver: true } as const
    await registerTable(glue, specOf('db', ['a bigint', 'b int']), foldersOf('d1', 'd2'), owner, changed)
    return server.calls
  })
  expect(new Set(calls.map(({ action }) => action))).toEqual(
    new Set([
      'GetTable',
      'GetDatabase',
      'CreateDatabase',
      'CreateTable',
      'BatchCreatePartition',
      'UpdateTable',
      'GetPartitions',
      'BatchUpdatePartition',
    ]),
  )
  const again = await openFaultyGlue()
  const wrong = calls.flatMap(({ action, input }) => {
    const inInput = wrongInInput(action, input)
    try {
      return [...inInput, ...wrongInOutput(action, again.apply(action, input))]
    } catch (error) {
      const { code, message } = error as { readonly code: string; readonly message: string }
      return [...inInput, ...wrongInError(code, { Message: message })]
    }
  })
  await again.close()
  expect(wrong).toEqual([])
})

it('a call that is not as the SDK has it is told of', () => {
  const input = { DatabaseName: 'd', TableInput: { Name: 1, Parameters: { a: 2 }, PartitionKeys: {} }, Extra: '' }
  expect(wrongInInput('CreateTable', input)).toEqual([
    'CreateTable input.TableInput.Name is 1, not a text',
    'CreateTable input.TableInput.Parameters.a is 2, not a text',
    'CreateTable input.TableInput.PartitionKeys is no list',
    'CreateTable input has Extra, which the model does not know',
  ])
  expect(wrongInInput('GetTable', { Name: 't' })).toEqual(['GetTable input lacks DatabaseName'])
})
