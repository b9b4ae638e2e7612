import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ConsoleStep, consoleSteps } from '@fletching/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openConsole } from './console.ts'

const root = join(import.meta.dirname, '..')
const page = await readFile(join(root, 'docs/tour.md'), 'utf8')
const steps = consoleSteps(page)

let folder: string
let servers: ChildProcess
let perform: (step: ConsoleStep) => Promise<void>

beforeAll(async () => {
  if (!isTour) return
  folder = await mkdtemp(join(tmpdir(), 'fletching-tour-'))
  perform = await openConsole(folder)
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
  if (!isTour) return
  servers.kill()
  await rm(folder, { recursive: true })
})

/** It is gone by `npm run tour`, which says whose servers are asked; a part of it would lead nowhere. */
const isTour = process.env.FLETCHING_TEST_S3_ENDPOINT !== undefined
if (!isTour) console.log('the commands of docs/tour.md are not run, which npm run tour does')

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

  it.skipIf(!isTour).each(steps.map((step) => [step.command, step] as const))('runs %s', (_, step) => perform(step))

  it.skipIf(!isTour)('asks the servers for nothing that those of Amazon do not know', async () => {
    servers.kill('SIGTERM')
    expect(await once(servers, 'exit')).toEqual([0, null])
  })
})
