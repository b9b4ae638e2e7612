import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { consoleSteps, isAsShown } from '@fletching/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const page = await readFile(join(root, 'docs/tour.md'), 'utf8')
const steps = consoleSteps(page)

/** The commands print as at a terminal, but for what they write into files and pipes of the shell: Node gives the shell a socket. */
const AT_TERMINAL = `--import=data:text/javascript,${encodeURIComponent(
  'import { fstatSync } from "node:fs"; process.stdout.isTTY = fstatSync(1).isSocket()',
)}`

let folder: string
let servers: ChildProcess

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fletching-tour-'))
  await writeFile(join(folder, '.env'), '')
  const { PATH = '', FLETCHING_TEST_S3_ENDPOINT = '' } = process.env
  servers = spawn(process.execPath, ['--no-warnings', join(root, 'scripts/tour-servers.js')], {
    cwd: folder,
    env: { PATH, FLETCHING_TEST_S3_ENDPOINT },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  for await (const text of servers.stdout ?? []) {
    said += text
    if (said.includes('Ctrl+C')) break
  }
  expect(said).toContain('  . out/tour/env\n')
})

afterAll(async () => {
  await rm(folder, { recursive: true })
})

describe('docs/tour.md', () => {
  it('names the scripts that are there', async () => {
    const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { scripts: object }
    const named = [...page.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name)
    expect([...new Set(named)]).toEqual(['tour', 'tour:servers'])
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named))
  })

  it('shows no commands but those that are run', () => {
    const languages = [...page.matchAll(/^```(\w+)\n/gm)].map(([, language]) => language)
    expect(new Set(languages)).toEqual(new Set(['console']))
    expect(steps.length).toBeGreaterThan(20)
  })

  it.each(steps.map(({ command, shown }) => [command, shown]))('runs %s', async (command, shown) => {
    const printed = await shell(command)
    if (!isAsShown(shown, printed)) expect(printed).toBe(shown)
  })

  it('asks the servers for nothing that those of Amazon do not know', async () => {
    servers.kill('SIGTERM')
    expect(await once(servers, 'exit')).toEqual([0, null])
  })
})

/** What a command prints, in a shell that goes on where the last one ended; one that fails is an error. */
async function shell(command: string): Promise<string> {
  const script = ['npx() { "$@"; }', '. ./.env', command, 'export -p > .env'].join('\n')
  const paths = [join(root, 'node_modules/.bin'), dirname(process.execPath), process.env.PATH]
  const child = spawn('sh', ['-ec', `{ ${script}\n} 2>&1`], {
    cwd: folder,
    env: { PATH: paths.join(':'), HOME: folder, NODE_OPTIONS: AT_TERMINAL },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const closed = once(child, 'close')
  const printed: Buffer[] = []
  for await (const chunk of child.stdout) printed.push(chunk as Buffer)
  const text = Buffer.concat(printed).toString()
  expect(await closed, text).toEqual([0, null])
  return text
}
