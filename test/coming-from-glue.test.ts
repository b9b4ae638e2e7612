import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { consoleSteps, fletching } from '@fletching/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { toolOf, tools } from '../packages/cli/src/tools.ts'
import { openConsole } from './console.ts'

const root = join(import.meta.dirname, '..')
const page = readFileSync(join(root, 'docs/coming-from-glue.md'), 'utf8')
const [script] = blocksOf('python')
const [job, orderLines] = blocksOf('ts')
const [lines, around] = page
  .split(/^\| --- .*\n/m)
  .slice(1)
  .map(rowsOf)
/** Inside the repository, so that the job finds its packages. */
const folder = join(root, 'node_modules/.cache/coming-from-glue')
let perform: Awaited<ReturnType<typeof openConsole>>

beforeAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  writeFileSync(join(folder, 'interactions.js'), job)
  writeFileSync(join(folder, 'order-lines.js'), orderLines)
  perform = await openConsole(folder)
})

describe('docs/coming-from-glue.md', () => {
  it('tells of each numbered line of the script, and of none that is not there', () => {
    const numbers = lines.map(([number]) => number)
    expect(numbers).toEqual(Array.from({ length: 10 }, (_, index) => String(index + 1)))
    expect([...script.matchAll(/ # (\d+)$/gm)].map(([, number]) => number)).toEqual(numbers)
    // What is counted and committed without a line of the job stands in the table alone.
    const ours = [...job.matchAll(/ \/\/ ([\d, ]+)$/gm)].flatMap(([, list]) => list.split(', '))
    expect(ours.sort()).toEqual(numbers.filter((number) => number !== '4' && number !== '10').sort())
    for (const [number, theirs, here] of lines) {
      for (const name of spansOf(theirs)) expect(script, number).toContain(name.replace('()', ''))
      for (const name of spansOf(here))
        if (!name.startsWith('--')) expect(job, number).toContain(name.replace('()', ''))
    }
    expect(around.length).toBeGreaterThan(5)
  })

  it('names commands that there are', async () => {
    const commands = spansOf(page).filter((span) => span.startsWith('fletching '))
    expect(commands.length).toBeGreaterThan(10)
    for (const command of new Set(commands)) {
      const words = command.split(' ').slice(1)
      if (toolOf(words) !== undefined) continue
      const { code, stdout } = await fletching([words[0], '--help'])
      expect([command, code, stdout.startsWith(`Usage: fletching ${words[0]}`)]).toEqual([command, 0, true])
      if (words.length > 1) expect(stdout, command).toContain(`"${words[1]}"`)
    }
  })

  it('has a job that the compiler passes as it says, and a misspelt one that it does not', () => {
    const [check] = blocksOf('sh')
    const checked = (text: string) => {
      writeFileSync(join(folder, 'order-lines.ts'), text)
      return spawnSync('sh', ['-c', check], { cwd: folder, encoding: 'utf8' })
    }
    expect(checked(orderLines)).toMatchObject({ status: 0, stdout: '' })
    const { status, stdout } = checked(orderLines.replace("'product.price'", "'product.prize'"))
    expect([status, stdout.includes(`Argument of type '"product.prize"' is not assignable`)]).toEqual([1, true])
  })

  it('names options that there are', async () => {
    const ofTools = tools.flatMap(({ options }) => Object.keys(options).map((name) => `--${name}`))
    const help = await Promise.all(['run', 'gen'].map(async (name) => (await fletching([name, '--help'])).stdout))
    const known = new Set([...ofTools, ...help.flatMap((text) => text.match(/--[a-z][a-z-]+/g) ?? [])])
    // Those of the compiler are its own.
    const named = new Set(page.replace(/^npx tsc .*$/m, '').match(/(?<=[ `(])--[a-z][a-z-]+/g))
    expect(named.size).toBeGreaterThan(5)
    expect([...named].filter((name) => !known.has(name))).toEqual([])
  })

  it.each(consoleSteps(page).map((step) => [step.command, step] as const))('runs %s', (_, step) => perform(step))
})

function blocksOf(language: string): string[] {
  return [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .filter((match) => match[1] === language)
    .map((match) => match[2])
}

/** The rows at the beginning of a text, by cells. */
function rowsOf(text: string): string[][] {
  const table = /^(\|.*\n)*/.exec(text)?.[0] ?? ''
  return table
    .trimEnd()
    .split('\n')
    .map((row) => row.slice(2, -2).split(' | '))
}

function spansOf(text: string): string[] {
  return [...text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, span]) => span)
}
