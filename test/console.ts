import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type ConsoleStep, isAsShown } from '@fletching/testing'
import { expect } from 'vitest'

/** The commands print as at a terminal, but for what they write into files and pipes of the shell: Node gives the shell a socket. */
const AT_TERMINAL = `--import=data:text/javascript,${encodeURIComponent(
  'import { fstatSync } from "node:fs"; process.stdout.isTTY = fstatSync(1).isSocket()',
)}`

const bin = join(import.meta.dirname, '../node_modules/.bin')

/** Makes a folder one in which the commands of a page are run, each where the last one ended. */
export async function openConsole(folder: string): Promise<(step: ConsoleStep) => Promise<void>> {
  await writeFile(join(folder, '.env'), '')
  return async ({ command, shown }) => {
    const printed = await run(command, folder)
    if (!isAsShown(shown, printed)) expect(printed).toBe(shown)
  }
}

/** What a command prints; one that fails is an error. */
async function run(command: string, folder: string): Promise<string> {
  const script = ['npx() { "$@"; }', '. ./.env', command, 'export -p > .env'].join('\n')
  const child = spawn('sh', ['-ec', `{ ${script}\n} 2>&1`], {
    cwd: folder,
    env: {
      PATH: [bin, dirname(process.execPath), process.env.PATH].join(':'),
      HOME: folder,
      NODE_OPTIONS: AT_TERMINAL,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const closed = once(child, 'close')
  const printed: Buffer[] = []
  for await (const chunk of child.stdout) printed.push(chunk as Buffer)
  const text = Buffer.concat(printed).toString()
  expect(await closed, text).toEqual([0, null])
  return text
}
