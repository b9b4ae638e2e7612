import { describe, expect, it } from 'vitest'
import { registeredText } from '../src/commands/catalog/register.ts'

const names = { database: 'segmentdata', table: 'events' }

describe('registeredText', () => {
  it('says what became of a table and its partitions', () => {
    const withoutFiles = ['dt=1', 'dt=2', 'dt=3', 'dt=4', 'dt=5', 'dt=6', 'dt=7']
    const partitions = { added: 1234, changed: 1, unchanged: 0, withoutFiles }
    const differences = ['+ c string', '~ a string → bigint', '- b (kept)']
    expect(
      registeredText({ ...names, outcome: 'updated', differences, partitions, unseen: ['dt=9'] }),
    ).toBe(`segmentdata.events: updated
  + c string
  ~ a string → bigint
  - b (kept)
  partitions: 1 234 added, 1 changed, 0 as they were
  in the catalog without files, and kept: dt=1, dt=2, dt=3, dt=4, dt=5 and 2 more
  outside of the projection, and unseen by Athena: dt=9
`)
  })

  it('says no more than there is to say', () => {
    const partitions = { added: 0, changed: 0, unchanged: 0, withoutFiles: [] }
    expect(registeredText({ ...names, outcome: 'unchanged', differences: [], partitions, unseen: [] })).toBe(
      'segmentdata.events: unchanged\n',
    )
  })
})
