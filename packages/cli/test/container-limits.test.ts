import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { inFolder } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { containerLimits } from '../src/container-limits.ts'

const none = { cpus: undefined, memoryBytes: undefined }

describe('the limits of a container', () => {
  const cases: [string, Readonly<Record<string, string>>, ReturnType<typeof containerLimits>][] = [
    ['nothing is known', {}, none],
    ['version 2 sets none', { 'cpu.max': 'max 100000\n', 'memory.max': 'max\n' }, none],
    [
      'version 2 sets both',
      { 'cpu.max': '200000 100000\n', 'memory.max': '1000000000\n' },
      { cpus: 2, memoryBytes: 9e8 },
    ],
    ['half a CPU is given', { 'cpu.max': '50000 100000' }, { ...none, cpus: 1 }],
    [
      'version 1 sets none',
      {
        'cpu/cpu.cfs_quota_us': '-1\n',
        'cpu/cpu.cfs_period_us': '100000\n',
        'memory/memory.limit_in_bytes': '9223372036854771712\n',
      },
      none,
    ],
    [
      'version 1 sets both',
      {
        'cpu/cpu.cfs_quota_us': '400000\n',
        'cpu/cpu.cfs_period_us': '100000\n',
        'memory/memory.limit_in_bytes': '536870912\n',
      },
      { cpus: 4, memoryBytes: 483_183_820 },
    ],
    ['what is written makes no sense', { 'cpu.max': 'x', 'memory.max': '' }, none],
  ]

  it.each(cases)('are read where %s', (_, files, limits) =>
    inFolder(async (folder) => {
      for (const [name, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, name)), { recursive: true })
        await writeFile(join(folder, name), text)
      }
      expect(containerLimits(folder)).toEqual(limits)
    }),
  )
})
