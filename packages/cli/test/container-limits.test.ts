import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { inFolder } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { containerLimits } from '../src/container-limits.ts'
import { runOptions } from '../src/options.ts'

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
    ['what is written makes no sense', { 'cpu.max': 'x', 'memory.max': '', own: '::\nx' }, none],
    ['the group of version 2 is the outermost one', { own: '0::/\n', 'memory.max': 'max' }, none],
    [
      'the group of version 2 is below others, each with limits',
      {
        own: '0::/a.slice/b.scope\n',
        'a.slice/cpu.max': '100000 100000\n',
        'a.slice/memory.max': '2000000000\n',
        'a.slice/b.scope/cpu.max': '300000 100000\n',
        'a.slice/b.scope/memory.max': '3000000000\n',
        'other.slice/memory.max': '1000000\n',
      },
      { cpus: 1, memoryBytes: 18e8 },
    ],
    [
      'version 2 sets one beyond which memory is taken away',
      { own: '0::/a\n', 'a/memory.max': 'max\n', 'a/memory.high': '1000000000\n' },
      { ...none, memoryBytes: 9e8 },
    ],
    [
      'the groups of version 1 are below others, one for each controller',
      {
        own: '9:name=systemd:/x\n4:memory:/pod/one\n2:cpu,cpuacct:/quota\n0::/\n',
        'cpu/quota/cpu.cfs_quota_us': '200000\n',
        'cpu/quota/cpu.cfs_period_us': '100000\n',
        'memory/memory.limit_in_bytes': '9223372036854771712\n',
        'memory/pod/one/memory.limit_in_bytes': '536870912\n',
      },
      { cpus: 2, memoryBytes: 483_183_820 },
    ],
    [
      'the own group is the only one to be seen',
      { own: '4:memory:/docker/a:b\n', 'memory/memory.limit_in_bytes': '1000000000\n' },
      { ...none, memoryBytes: 9e8 },
    ],
    [
      'the own group is outside of what is to be seen',
      { own: '0::/../../x\n', 'memory.max': '1000000000' },
      { ...none, memoryBytes: 9e8 },
    ],
  ]

  it.each(cases)('are read where %s', (_, files, limits) =>
    inFolder(async (folder) => {
      for (const [name, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, name)), { recursive: true })
        await writeFile(join(folder, name), text)
      }
      expect(containerLimits(folder, join(folder, 'own'))).toEqual(limits)
    }),
  )
})

describe('the memory of a run', () => {
  it.each<[string, string | undefined, number | undefined, number | undefined]>([
    ['is what the container allows', undefined, 120e6, 120e6],
    ['is what was asked for', '120MB', 3e8, 120e6],
    ['is what was asked for, also where the container allows too little', '120MB', 119e6, 120e6],
    ['has no limit where none is known', undefined, undefined, undefined],
  ])('%s', (_, asked, memoryBytes, expected) => {
    const { memoryBytesMax } = runOptions({ 'max-memory': asked }, { ...none, memoryBytes })
    expect(memoryBytesMax).toBe(expected)
  })

  it('is refused where the container allows too little', () => {
    expect(() => runOptions({}, { ...none, memoryBytes: 120e6 - 1 })).toThrow(
      `LITTLE_MEMORY: a run may use 119MB of this container's memory
  it needs 120MB: give the container 128 MiB at least, or say with --max-memory that there is as much`,
    )
  })
})
