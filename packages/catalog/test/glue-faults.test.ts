import { FletchingError } from '@fletching/columns/errors'
import type { GlueFault } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { type Glue, openGlue, registerTable } from '../src/register.ts'
import { foldersOf, lookAt, owner, specOf, withFaulty } from './glue-server.ts'

const database = 'segmentdata'
const before = specOf(database, ['a string'])
const after = specOf(database, ['a string', 'b int'])

const refused = (status: number, code: string, message?: string): GlueFault => ({
  kind: 'refused',
  status,
  code,
  ...(message === undefined ? {} : { message }),
})
const faults: readonly GlueFault[] = [
  refused(400, 'AccessDeniedException'),
  refused(500, 'InternalServiceException'),
  { kind: 'reset-before' },
  { kind: 'apply-then-reset' },
  { kind: 'not-json' },
]

/** A table of one column and one partition, then one of two columns and 150 partitions. */
async function registerTwice(glue: Glue): Promise<void> {
  await registerTable(glue, before, foldersOf('d000'), owner)
  await registerTable(glue, after, foldersOf(...days), owner)
}
const days = Array.from({ length: 150 }, (_, day) => `d${String(day).padStart(3, '0')}`)

describe('a registration', () => {
  it('that a fault has cut is finished by the next, whichever call it was', async () => {
    const { expected, count } = await withFaulty({ pageMax: 40 }, async (glue, { calls }) => {
      await registerTwice(glue)
      return { count: calls.length, expected: await lookAt(glue, database) }
    })
    expect(count).toBeGreaterThan(9)
    for (const fault of faults) {
      for (let nth = 1; nth <= count; nth++) {
        await withFaulty({ pageMax: 40, plan: [{ nth, fault }] }, async (glue) => {
          const title = `${fault.kind} at call ${nth}`
          await expect(registerTwice(glue), title).rejects.toBeInstanceOf(FletchingError)
          await registerTwice(glue)
          expect(await lookAt(glue, database), title).toEqual(expected)
        })
      }
    }
  })

  it('goes on after what passes by itself', async () => {
    const passing = [
      refused(400, 'ThrottlingException'),
      refused(500, 'InternalServiceException'),
      { kind: 'apply-then-reset' },
    ] as const
    for (const fault of passing) {
      await withFaulty(
        {},
        async (glue, server) => {
          await registerTable(glue, before, [], owner)
          server.setPlan([{ action: 'UpdateTable', nth: 1, fault }])
          await registerTable(glue, after, foldersOf('d1'), owner)
          expect(await lookAt(glue, database)).toMatchObject({ columns: ['a string', 'b int'] })
        },
        3,
      )
    }
  })

  it('loses nothing of what others change at the same moment', async () => {
    let meanwhile: (() => void) | undefined
    await withFaulty(
      {
        onCall: ({ action }) => {
          if (action !== 'UpdateTable') return
          meanwhile?.()
          meanwhile = undefined
        },
      },
      async (glue, server) => {
        await registerTable(glue, before, [], owner)
        meanwhile = () => {
          const { Table } = server.apply('GetTable', { DatabaseName: database, Name: 'transformed' })
          const found = Table as Record<string, Record<string, unknown>>
          const Columns = [
            { Name: 'a', Type: 'string' },
            { Name: 'theirs', Type: 'date' },
          ]
          const StorageDescriptor = { ...found.StorageDescriptor, Columns }
          server.apply('UpdateTable', { DatabaseName: database, TableInput: { ...found, StorageDescriptor } })
        }
        expect((await registerTable(glue, after, [], owner)).differences).toEqual(['+ b int', '- theirs (kept)'])
        expect((await lookAt(glue, database)).columns).toEqual(['a string', 'theirs date', 'b int'])
      },
    )
  })

  it('gives up when others change the table again and again', async () => {
    await withFaulty({}, async (glue, server) => {
      await registerTable(glue, before, [], owner)
      server.setPlan([{ action: 'UpdateTable', fault: refused(400, 'ConcurrentModificationException') }])
      await expect(registerTable(glue, after, [], owner)).rejects.toMatchObject({
        kind: 'environment',
        message: `CATALOG_CHANGED: others changed the table 5 times in a row
  at segmentdata.transformed
  run it again`,
      })
    })
  })

  it('tells when the table is removed under it', async () => {
    await withFaulty(
      {
        onCall: ({ action, number }) => {
          if (action === 'BatchCreatePartition' && number > 5) removed()
        },
      },
      async (glue, server) => {
        await registerTable(glue, before, foldersOf('d1'), owner)
        removed = () => void server.apply('DeleteTable', { DatabaseName: database, Name: 'transformed' })
        await expect(registerTable(glue, before, foldersOf('d1', 'd2'), owner)).rejects.toThrow(
          `CATALOG_CHANGED: the table was removed meanwhile
  at segmentdata.transformed
  run it again`,
        )
      },
    )
  })
  let removed = () => {}

  it('of four at once, each with a column and a partition of its own, loses none', async () => {
    const columns = [1, 2, 3, 4].map((number) => `c${number} int`)
    await withFaulty({ pageMax: 1 }, async (glue) => {
      await Promise.all(
        columns.map((column, number) => {
          return registerTable(glue, specOf(database, ['a string', column]), foldersOf(`d${number}`), owner)
        }),
      )
      const found = await lookAt(glue, database)
      expect(found.columns?.toSorted()).toEqual(['a string', ...columns].toSorted())
      expect(found.partitions.map((partition) => partition.split(' ')[0])).toEqual(['d0', 'd1', 'd2', 'd3'])
    })
  })

  it('counts a partition that another adds first as there', async () => {
    await withFaulty(
      {
        onCall: ({ action }) => {
          if (action === 'BatchCreatePartition') another()
        },
      },
      async (glue, server) => {
        another = () => {
          const input = { DatabaseName: database, TableName: 'transformed', PartitionInputList: [{ Values: ['d1'] }] }
          server.apply('BatchCreatePartition', input)
        }
        expect((await registerTable(glue, before, foldersOf('d1', 'd2'), owner)).partitions).toMatchObject({
          added: 1,
          unchanged: 1,
        })
      },
    )
  })
  let another = () => {}

  it('names partitions that Glue does not take', async () => {
    await withFaulty({}, async (glue) => {
      const errors = Array.from({ length: 7 }, (_, day) => ({
        PartitionValues: [`d${day}`],
        ErrorDetail: day === 1 ? {} : { ErrorCode: 'InternalServiceException', ErrorMessage: 'arn:aws:iam::1:role/x' },
      }))
      const half: Glue = {
        call: async (action, input) =>
          action === 'BatchCreatePartition' ? { Errors: errors } : glue.call(action, input),
        close: () => {},
      }
      await expect(registerTable(half, before, foldersOf('d0'), owner)).rejects.toMatchObject({
        kind: 'environment',
        message: `PARTITIONS_NOT_ADDED: Glue did not take 7 of the partitions
  at glue:BatchCreatePartition of segmentdata.transformed
  at dt=d0: InternalServiceException
  at dt=d1: no reason given
  at dt=d2: InternalServiceException
  at dt=d3: InternalServiceException
  at dt=d4: InternalServiceException
  at and 2 more
  the table and the other partitions are there; run it again, and the rest is added`,
      })
    })
  })

  it('ends with the reason of a signal', async () => {
    const controller = new AbortController()
    const reason = new Error('SIGTERM')
    await withFaulty({ onCall: () => controller.abort(reason) }, async () => {
      const glue = await openGlue({ signal: controller.signal })
      await expect(registerTable(glue, before, [], owner)).rejects.toBe(reason)
      await expect(registerTable(glue, before, [], owner)).rejects.toBe(reason)
      glue.close()
    })
  })
})

/** Each with the call that it meets, and the whole message. */
const messages: readonly (readonly [string, string, GlueFault, string])[] = [
  ...(
    [
      ['GetTable', 'look at the table', 'database/segmentdata, table/segmentdata/transformed', 'DESCRIBE on the table'],
      ['GetDatabase', 'look at the database', 'database/segmentdata', 'DESCRIBE on the database'],
      ['CreateDatabase', 'make the database', 'database/segmentdata', 'CREATE_DATABASE'],
      [
        'CreateTable',
        'make the table',
        'database/segmentdata, table/segmentdata/transformed',
        'CREATE_TABLE on the database, and the data location',
      ],
      ['UpdateTable', 'change the table', 'database/segmentdata, table/segmentdata/transformed', 'ALTER on the table'],
      [
        'GetPartitions',
        'list the partitions',
        'database/segmentdata, table/segmentdata/transformed',
        'DESCRIBE on the table',
      ],
      [
        'BatchCreatePartition',
        'add partitions',
        'database/segmentdata, table/segmentdata/transformed',
        'ALTER on the table, and the data location',
      ],
      [
        'BatchUpdatePartition',
        'change partitions',
        'database/segmentdata, table/segmentdata/transformed',
        'ALTER on the table, and the data location',
      ],
    ] as const
  ).map(([action, verb, resources, grant]): readonly [string, string, GlueFault, string] => [
    'AccessDeniedException',
    action,
    refused(400, 'AccessDeniedException', 'User: arn:aws:sts::123456789012:assumed-role/etl/secret is not authorized'),
    `CATALOG_ACCESS_DENIED: not allowed to ${verb}
  at glue:${action} of ${action.endsWith('Database') ? 'segmentdata' : 'segmentdata.transformed'}
  allow the role glue:${action} on catalog, ${resources}
  where Lake Formation governs the catalog, grant it ${grant} too`,
  ]),
  [
    'GlueEncryptionException',
    'GetTable',
    refused(400, 'GlueEncryptionException', 'arn:aws:kms:…'),
    `CATALOG_ACCESS_DENIED: not allowed to use the key of the catalog
  at glue:GetTable of segmentdata.transformed
  allow the role kms:Decrypt, kms:Encrypt and kms:GenerateDataKey on the key that the catalog is encrypted with`,
  ],
  [
    'UnrecognizedClientException',
    'GetTable',
    refused(400, 'UnrecognizedClientException', 'AKIATESTMARK'),
    `NO_CREDENTIALS: Glue was not given credentials that it takes (UnrecognizedClientException)
  at glue:GetTable of segmentdata.transformed
  set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or the role of the container`,
  ],
  [
    'ExpiredTokenException',
    'GetTable',
    refused(400, 'ExpiredTokenException'),
    `EXPIRED_CREDENTIALS: the credentials ran out
  at glue:GetTable of segmentdata.transformed
  run again with fresh ones`,
  ],
  [
    'ResourceNumberLimitExceededException',
    'CreateTable',
    refused(400, 'ResourceNumberLimitExceededException'),
    `CATALOG_FULL: the account has as many of these as it may have
  at glue:CreateTable of segmentdata.transformed
  remove some, or ask AWS for a higher quota`,
  ],
  [
    'InvalidInputException',
    'CreateTable',
    refused(400, 'InvalidInputException', 'Column a of arn:aws:iam::1:role/x is too long'),
    `CATALOG_REFUSED: Glue does not take the call: Column a of arn:… is too long
  at glue:CreateTable of segmentdata.transformed
  give names and columns that Glue takes`,
  ],
  [
    'ThrottlingException',
    'GetPartitions',
    refused(400, 'ThrottlingException'),
    `CATALOG_BUSY: Glue answered 400 to every try (ThrottlingException)
  at glue:GetPartitions of segmentdata.transformed
  run again later`,
  ],
  [
    'InternalServiceException',
    'UpdateTable',
    refused(500, 'InternalServiceException'),
    `CATALOG_BUSY: Glue answered 500 to every try (InternalServiceException)
  at glue:UpdateTable of segmentdata.transformed
  run again later`,
  ],
  [
    'an error that nobody knows',
    'UpdateTable',
    refused(418, 'TeapotException', 'AKIATESTMARK'),
    `CATALOG_REFUSED: Glue answered 418 (TeapotException)
  at glue:UpdateTable of segmentdata.transformed
  check the region and the endpoint`,
  ],
  [
    'no JSON',
    'GetTable',
    { kind: 'not-json' },
    `CATALOG_BUSY: the answer is not one that Glue gives, or was cut
  at glue:GetTable of segmentdata.transformed
  run again; if it stays so, something between here and Glue may answer in its place`,
  ],
  [
    'a reset',
    'GetTable',
    { kind: 'reset-before' },
    `NETWORK: cannot look at the table: ECONNRESET
  at glue:GetTable of segmentdata.transformed
  check the network and the endpoint`,
  ],
]

describe('an error of a call', () => {
  it.each(messages)('%s of %s is told with the way out', async (_, action, fault, message) => {
    await withFaulty({}, async (glue, server) => {
      const isUpdate = !action.startsWith('Create') && action !== 'GetDatabase'
      if (isUpdate) await registerTable(glue, before, [{ values: ['d1'], location: 's3://acme-old/' }], owner)
      server.setPlan([{ action: action as never, fault }])
      await expect(registerTable(glue, after, foldersOf('d1', 'd2'), owner)).rejects.toMatchObject({
        kind: 'environment',
        message,
      })
    })
  })

  it('that comes before a call is told too', async () => {
    const { env } = process
    const kept = { ...env }
    const messageWith = async (changes: Readonly<Record<string, string | undefined>>) => {
      try {
        for (const [name, value] of Object.entries(changes)) {
          if (value === undefined) delete env[name]
          else env[name] = value
        }
        const glue = await openGlue({ callTries: 1 })
        const error = (await registerTable(glue, before, [], owner).catch((error: unknown) => error)) as Error
        glue.close()
        return error.message
      } finally {
        for (const name of Object.keys(changes)) {
          if (kept[name] === undefined) delete env[name]
          else env[name] = kept[name]
        }
      }
    }
    const credentials = { AWS_ACCESS_KEY_ID: 'AKIATESTMARK', AWS_SECRET_ACCESS_KEY: 'secret-test-mark' }
    const none = {
      AWS_ENDPOINT_URL_GLUE: undefined,
      AWS_ENDPOINT_URL: undefined,
      AWS_REGION: undefined,
      AWS_DEFAULT_REGION: undefined,
    }
    expect(await messageWith({ ...credentials, ...none, AWS_CONFIG_FILE: '/dev/null' })).toBe(
      `NO_REGION: the region of the catalog is not known, or is no region
  at glue:GetTable of segmentdata.transformed
  set AWS_REGION to the catalog's`,
    )
    expect(await messageWith({ ...credentials, ...none, AWS_ENDPOINT_URL_GLUE: 'nonsense' })).toBe(
      `BAD_ENDPOINT: the endpoint of Glue is not an address
  at glue:GetTable of segmentdata.transformed
  expected AWS_ENDPOINT_URL_GLUE to be such as https://glue.example.com`,
    )
  })
})
