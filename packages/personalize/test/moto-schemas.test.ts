import { openPersonalizeServer, type PersonalizeServer } from '@fletching/testing/personalize-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPersonalize } from '../src/client.ts'
import { Creator } from '../src/import/creator.ts'
import { findSchema, schemaText } from '../src/resources.ts'
import { Patience } from '../src/wait.ts'
import { SCHEMA } from './import-ends.ts'

const given = process.env.FLETCHING_TEST_S3_ENDPOINT ?? ''
const before = { ...process.env }
let server: PersonalizeServer

beforeAll(async () => {
  server = await openPersonalizeServer({ pageSize: 2 })
  Object.assign(process.env, server.env)
})

afterAll(async () => {
  process.env = { ...before }
  await server.close()
})

describe.each([
  ['the stand-in', () => server.endpoint],
  ...(given === '' ? [] : [['moto', () => given] as const]),
] as const)('schemas of %s', (_name, endpointOf) => {
  it('are made once, found by name and read again', async () => {
    const { send, close } = await openPersonalize({ endpoint: endpointOf(), retryDelayMs: 1 })
    const create = new Creator({ send, patience: new Patience(), onDryCall: undefined, onNoPlace: () => {} })
    for (let other = 0; other < 5; other++) {
      await send('CreateSchema', `other ${other}`, (api) =>
        api.createSchema({ name: `other-${other}`, schema: SCHEMA }),
      )
    }
    const arn = await create.schema('shop', 'interactions', SCHEMA, 'ecommerce')
    expect(
      await create.schema('shop', 'interactions', JSON.stringify(JSON.parse(SCHEMA), undefined, 1), 'ecommerce'),
    ).toBe(arn)
    expect(await create.schema('shop', 'interactions', SCHEMA, 'custom')).not.toBe(arn)
    expect(await findSchema(send, arn.slice(arn.indexOf('/') + 1))).toBe(arn)
    expect(await findSchema(send, 'none')).toBeUndefined()
    expect(JSON.parse(await schemaText(send, arn))).toEqual(JSON.parse(SCHEMA))
    await expect(schemaText(send, `${arn}-none`)).rejects.toThrow('PERSONALIZE_REFUSED: ResourceNotFoundException')
    close()
  })
})
