import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FaultyGlue, openFaultyGlue } from '../src/faulty-glue/server.ts'

let glue: FaultyGlue

beforeEach(async () => {
  glue = await openFaultyGlue({ pageMax: 2 })
})
afterEach(() => glue.close())

/** The status and the body of an answer. */
async function ask(action: string, input: object): Promise<[number, unknown]> {
  const answer = await fetch(glue.endpoint, {
    method: 'POST',
    headers: { 'x-amz-target': `AWSGlue.${action}` },
    body: JSON.stringify(input),
  })
  return [answer.status, await answer.json()]
}

const table = { DatabaseName: 'DB', TableName: 'T' }
const partitions = (count: number) => Array.from({ length: count }, (_, day) => ({ Values: [`d${day}`] }))

async function makeTable(): Promise<void> {
  await ask('CreateDatabase', { DatabaseInput: { Name: 'Db' } })
  await ask('CreateTable', { DatabaseName: 'dB', TableInput: { Name: 't', PartitionKeys: [{ Name: 'dt' }] } })
}

describe('the stand-in for Glue', () => {
  it('folds names', async () => {
    await makeTable()
    expect(await ask('GetDatabase', { Name: 'DB' })).toMatchObject([200, { Database: { Name: 'db' } }])
    expect(await ask('GetTable', { DatabaseName: 'db', Name: 'T' })).toMatchObject([200, { Table: { Name: 't' } }])
  })

  it('changes a table only from the version that it has', async () => {
    await makeTable()
    const update = (VersionId?: string) =>
      ask('UpdateTable', { DatabaseName: 'db', VersionId, TableInput: { Name: 't' } })
    expect(await update('0')).toEqual([200, {}])
    expect(await update('0')).toMatchObject([400, { __type: 'ConcurrentModificationException' }])
    expect(await update()).toEqual([200, {}])
    expect(await ask('GetTable', { DatabaseName: 'db', Name: 't' })).toMatchObject([200, { Table: { VersionId: '2' } }])
  })

  it('takes a hundred partitions at once, with as many values as the table has keys', async () => {
    await makeTable()
    const create = (list: readonly object[]) => ask('BatchCreatePartition', { ...table, PartitionInputList: list })
    for (const list of [[], partitions(101), [{ Values: [] }], [{ Values: ['a', 'b'] }]]) {
      expect(await create(list)).toMatchObject([400, { __type: 'InvalidInputException' }])
    }
    expect(await create(partitions(100))).toEqual([200, { Errors: [] }])
    expect(await create([{ Values: ['d1'] }, { Values: ['new'] }])).toMatchObject([
      200,
      { Errors: [{ PartitionValues: ['d1'], ErrorDetail: { ErrorCode: 'AlreadyExistsException' } }] },
    ])
    const entry = (value: string) => ({ PartitionValueList: [value], PartitionInput: { Values: [value] } })
    expect(await ask('BatchUpdatePartition', { ...table, Entries: [entry('d1'), entry('no')] })).toMatchObject([
      200,
      { Errors: [{ PartitionValueList: ['no'], ErrorDetail: { ErrorCode: 'EntityNotFoundException' } }] },
    ])
  })

  it('gives partitions in pages, without columns where they are not asked for', async () => {
    await makeTable()
    const list = partitions(3).map((one) => ({ ...one, StorageDescriptor: { Location: 'l', Columns: [] } }))
    await ask('BatchCreatePartition', { ...table, PartitionInputList: list })
    const [, first] = await ask('GetPartitions', { ...table, ExcludeColumnSchema: true })
    const brief = (value: string) => ({ Values: [value], StorageDescriptor: { Location: 'l' } })
    expect(first).toEqual({ Partitions: [brief('d0'), brief('d1')], NextToken: '2' })
    expect(await ask('GetPartitions', { ...table, NextToken: '2' })).toEqual([200, { Partitions: [list[2]] }])
    for (const wrong of [{ MaxResults: 1001 }, { MaxResults: 0 }, { NextToken: 'nonsense' }]) {
      expect(await ask('GetPartitions', { ...table, ...wrong })).toMatchObject([
        400,
        { __type: 'InvalidInputException' },
      ])
    }
  })

  it.each<[string, object, string]>([
    ['GetDatabase', { Name: 'no' }, 'EntityNotFoundException'],
    ['GetDatabase', {}, 'InvalidInputException'],
    ['CreateDatabase', { DatabaseInput: { Name: 'db' } }, 'AlreadyExistsException'],
    ['CreateDatabase', { DatabaseInput: [] }, 'InvalidInputException'],
    ['GetTable', { DatabaseName: 'db', Name: 'no' }, 'EntityNotFoundException'],
    ['CreateTable', { DatabaseName: 'db', TableInput: { Name: 'T' } }, 'AlreadyExistsException'],
    ['DeleteTable', { DatabaseName: 'db', Name: 'no' }, 'EntityNotFoundException'],
    ['GetWorld', {}, 'UnknownOperationException'],
  ])('refuses %s of %j', async (action, input, code) => {
    await makeTable()
    expect(await ask(action, input)).toMatchObject([400, { __type: code }])
  })

  it('has faults by plan', async () => {
    await makeTable()
    glue.setPlan([{ action: 'GetDatabase', nth: 2, fault: { kind: 'refused', status: 500, code: 'X' } }])
    const statuses: number[] = []
    for (let call = 0; call < 3; call++) statuses.push((await ask('GetDatabase', { Name: 'db' }))[0])
    expect(statuses).toEqual([200, 500, 200])
    glue.setPlan([{ action: 'DeleteTable', fault: { kind: 'apply-then-reset' } }])
    await expect(ask('DeleteTable', { DatabaseName: 'db', Name: 't' })).rejects.toThrow()
    expect(() => glue.apply('GetTable', { DatabaseName: 'db', Name: 't' })).toThrow('Table t not found.')
    expect(glue.calls.at(-1)).toEqual({ number: 6, action: 'DeleteTable', input: { DatabaseName: 'db', Name: 't' } })
  })
})
