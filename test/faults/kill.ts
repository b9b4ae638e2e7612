import { randomFrom, sample, startFletching, testSeed } from '@fletching/testing'

/** The main job in a process of its own, which may be killed. */
export interface Running {
  /** Ends it as a machine does that loses its power: nothing is tidied up. Resolves when it is gone. */
  kill(): Promise<void>
  /** Its exit code, undefined when it was killed, and what it said. */
  readonly ended: Promise<{ readonly code: number | undefined; readonly said: string }>
}

/** Starts the main job, from `in` to `csv` and `table` below a root. */
export function start(root: string, env: Readonly<Record<string, string>>, options: readonly string[] = []): Running {
  const places = [
    ['S3_JSON_INPUT_PATH', 'in'],
    ['S3_CSV_OUTPUT_PATH', 'csv'],
    ['S3_PARQUET_OUTPUT_PATH', 'table'],
  ].map(([name, folder]) => `--${name}=${root}/${folder}`)
  const { child, ended } = startFletching(['run', 'segment-to-personalize', '--workers=1', ...options, ...places], {
    env,
  })
  return {
    ended: ended.then(({ code, stdout, stderr }) => ({ code: code ?? undefined, said: stdout + stderr })),
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}

const random = randomFrom(testSeed)

/** Those of the numbers from 1 to `count` at which a process is killed: one of so many. */
export function steps(count: number, every: number): number[] {
  const numbers = Array.from({ length: count }, (_, index) => index + 1)
  return sample(numbers, every, random)
}

/** How many cases there were, by what was done and when the process was killed there, as lines. */
export function tableOf(cases: readonly { readonly what: string; readonly when: string }[]): string {
  const whens = [...new Set(cases.map(({ when }) => when))]
  const whats = [...new Set(cases.map(({ what }) => what))].sort()
  const count = (what: string, when: string) => cases.filter((one) => one.what === what && one.when === when).length
  const rows = [
    ['killed at', ...whens],
    ...whats.map((what) => [what, ...whens.map((when) => count(what, when))]),
    ['all', ...whens.map((when) => cases.filter((one) => one.when === when).length)],
  ]
  return rows
    .map(([name, ...cells]) => `${`${name}`.padEnd(28)}${cells.map((cell) => `${cell}`.padStart(26)).join('')}`)
    .join('\n')
}
