import { expect, it } from 'vitest'
import { hivePartition, hiveValue } from '../src/index.ts'

it.each([
  ['2019-05-18', 'dt=2019-05-18'],
  [null, 'dt=__HIVE_DEFAULT_PARTITION__'],
  ['', 'dt=__HIVE_DEFAULT_PARTITION__'],
  [' ', 'dt= '],
  ['../../x', 'dt=.%2E%2F.%2E%2Fx'],
  ['..', 'dt=.%2E'],
  ['...', 'dt=.%2E%2E'],
  ['.', 'dt=.'],
  ['1.5', 'dt=1.5'],
  ['/', 'dt=%2F'],
  ['\\', 'dt=%5C'],
  ['\0', 'dt=%00'],
  ['\n\r\t\x7f', 'dt=%0A%0D%09%7F'],
  ['=', 'dt=%3D'],
  ['%2e%2e', 'dt=%252e%252e'],
  ['a:b*c?d"e\'f', 'dt=a%3Ab%2Ac%3Fd%22e%27f'],
  ['{[]}^#', 'dt=%7B%5B%5D}%5E%23'],
  ['Zürich 😀', 'dt=Zürich 😀'],
])('%j → %s', (value, folder) => {
  expect(hivePartition('dt', value)).toBe(folder)
  expect(hiveValue('dt', folder)).toBe(value === '' ? null : value)
})

it('can be read back, and stays within its folder, whatever the value', () => {
  for (let code = 0; code < 0xd800; code++) {
    const value = `..${String.fromCharCode(code)}..`
    const folder = hivePartition('dt', value)
    expect(decodeURIComponent(folder.slice(3).replaceAll(/%(?![0-9A-F]{2})/g, '%25'))).toBe(value)
    if (hiveValue('dt', folder) !== value) expect.fail(`${JSON.stringify(folder)} is not read back`)
    if (/[/\\\0]|\.\./.test(folder)) expect.fail(`${JSON.stringify(value)} gives ${JSON.stringify(folder)}`)
  }
})

it('has at most 255 bytes', () => {
  expect(hivePartition('dt', 'x'.repeat(252))).toHaveLength(255)
  for (const [value, bytes] of [
    ['x'.repeat(253), 256],
    ['x'.repeat(300), 303],
    ['é'.repeat(127), 257],
    ['/'.repeat(85), 258],
  ] as const) {
    const message = `PARTITION_TOO_LONG: a partition folder would have a name of ${bytes} bytes
  at column dt
  a folder's name has at most 255 bytes; partition by a column of shorter values, or shorten them in the job`
    expect(() => hivePartition('dt', value)).toThrow(expect.objectContaining({ kind: 'data', message }))
  }
})

it('takes no half of a character, and no column that cannot name one', () => {
  expect(() => hivePartition('dt', '\ud83d')).toThrow(
    expect.objectContaining({
      kind: 'data',
      message: 'PARTITION_NOT_UTF8: a partition value holds half a character\n  at column dt',
    }),
  )
  expect(() => hivePartition('../dt', 'x')).toThrow(
    expect.objectContaining({ kind: 'author', code: 'BAD_COLUMN_NAME' }),
  )
})

it('reads the value of its own column alone', () => {
  for (const folder of ['day=2019-05-18', 'dt', 'x', '']) {
    expect(() => hiveValue('dt', folder)).toThrow(
      expect.objectContaining({ kind: 'internal', message: `INTERNAL: "${folder}" is no folder of the column dt` }),
    )
  }
})
