import { expect, it } from 'vitest'
import { unseenFolders } from '../src/projected.ts'
import { foldersOf } from './glue-server.ts'

const days = foldersOf(
  '0019-05-18',
  '2019-04-30',
  '2019-05-01',
  '2019-05-18',
  '2019-05-19',
  '__HIVE_DEFAULT_PARTITION__',
)
const now = new Date('2019-05-18T23:59:59Z')

it.each<[string, string | undefined, readonly string[]]>([
  ['true', '2019-05-01,NOW', ['0019-05-18', '2019-04-30', '2019-05-19', '__HIVE_DEFAULT_PARTITION__']],
  ['true', '2019-04-30,2019-05-01', ['0019-05-18', '2019-05-18', '2019-05-19', '__HIVE_DEFAULT_PARTITION__']],
  ['true', 'NOW-3YEARS,NOW', []],
  ['true', undefined, []],
  ['false', '2019-05-01,NOW', []],
])('of a table with projection.enabled %s and the range %s, Athena does not see %j', (enabled, range, unseen) => {
  const parameters = { 'projection.enabled': enabled, ...(range === undefined ? {} : { 'projection.dt.range': range }) }
  expect(unseenFolders(parameters, 'dt', days, now).map(({ values }) => values.join())).toEqual(unseen)
})

it('of a table without parameters or keys Athena sees all', () => {
  expect(unseenFolders(undefined, 'dt', days, now)).toEqual([])
  expect(unseenFolders({ 'projection.enabled': 'true' }, undefined, [], now)).toEqual([])
})
