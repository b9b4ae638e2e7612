import { describe, expect, it } from 'vitest'
import { partitionsOf } from '../src/partitions.ts'
import { specOf } from './glue-server.ts'

const keys = ['dt', 'event_type'].map((name) => ({ name, type: 'string' }))
const spec = specOf('db', ['a string'], { location: 's3://b/t/', partitions: keys })

describe('partitionsOf', () => {
  it.each<[string, readonly string[] | undefined]>([
    ['s3://b/t/dt=2019-05-18/event_type=View/part-00000.parquet', ['2019-05-18', 'View']],
    ['s3://b/t/dt=2019-05-18/EVENT_TYPE=a%2Fb%3Dc %25/x.parquet', ['2019-05-18', 'a/b=c %']],
    ['s3://b/t/dt=__HIVE_DEFAULT_PARTITION__/event_type=/x', ['__HIVE_DEFAULT_PARTITION__', '']],
    ['s3://b/t/dt=2019-05-18/x.parquet', undefined],
    ['s3://b/t/dt=2019-05-18/event_type=View/deeper=1/x.parquet', undefined],
    ['s3://b/t/_temporary/0/x.parquet', undefined],
    ['s3://b/csv/dt=2019-05-18/event_type=View/x', undefined],
  ])('of %s are %j', (name, values) => {
    expect(partitionsOf(spec, [name]).map((folder) => folder.values)).toEqual(values === undefined ? [] : [values])
  })

  it('names each folder once, as it stands, in order', () => {
    const names = ['dt=b/event_type=%2F/1', 'dt=a/event_type=x/1', 'dt=b/event_type=%2F/2'].map(
      (name) => `s3://b/t/${name}`,
    )
    expect(partitionsOf(spec, names)).toEqual([
      { values: ['a', 'x'], location: 's3://b/t/dt=a/event_type=x/' },
      { values: ['b', '/'], location: 's3://b/t/dt=b/event_type=%2F/' },
    ])
  })

  it('has none for a table without keys', () => {
    expect(partitionsOf({ ...spec, partitions: [] }, ['s3://b/t/x.parquet'])).toEqual([])
  })
})
