import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { inFolder, spawnFletching } from '@fletching/testing'
import { describe, expect, it } from 'vitest'

const job = new URL('../../job/dist/index.js', import.meta.url).href
const clicks = `import { defineJob, param, scanNdjson, segmentTrack, writeCsv } from '${job}'
export default defineJob({
  name: 'clicks',
  params: { INPUT: param.location('events') },
  plan: ({ INPUT }) => [writeCsv(scanNdjson(INPUT, segmentTrack).selectFields('userId'), { to: 'out' })],
})`

/** Explains a job in a folder with that file; what the command says is without Node's own warnings, which stand in brackets. */
function explained(file: string, text: string, name: string, packageJson = '{}') {
  return inFolder(async (folder) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
    writeFileSync(join(folder, 'package.json'), packageJson)
    const { code, stdout, stderr } = await spawnFletching(['explain', name, '--INPUT', 'in'], { cwd: folder })
    const said = stderr.replaceAll(/^\(.*\n/gm, '').replaceAll(folder, 'FOLDER')
    return { code, said, isPlan: stdout.startsWith('Logical plan\n') }
  })
}

describe('a job', () => {
  it.each([
    ['clicks.mjs', './clicks.mjs'],
    ['clicks.mjs', 'clicks.mjs'],
    ['sub/clicks.mjs', 'sub/clicks.mjs'],
    ['jobs/clicks.mjs', 'clicks'],
    ['jobs/clicks/job.mjs', 'clicks'],
    ['jobs/segment-to-personalize.mjs', 'segment-to-personalize'],
  ])('at %s is found as %s', async (file, name) => {
    expect(await explained(file, clicks, name)).toEqual({ code: 0, said: '', isPlan: true })
  })

  const esm = 'name the file .mjs, or put "type": "module" into the package.json above it'
  it.each([
    {
      when: 'the file is not there',
      file: 'other.mjs',
      text: clicks,
      said: 'UNKNOWN_JOB: no file "FOLDER/clicks.mjs"\n  expected the path of a module whose default export is a job\n',
    },
    {
      when: 'its default export is another thing',
      text: 'export default { name: "clicks" }',
      said: 'NOT_A_JOB: the default export is not a job\n  at FOLDER/clicks.mjs\n  expected: export default defineJob({ name, params, plan })\n',
    },
    {
      when: 'a package is missing',
      text: "import '@fletching/job'",
      said: "NOT_A_JOB: the module could not be loaded: Cannot find package '@fletching/job' imported from FOLDER/clicks.mjs\n  at FOLDER/clicks.mjs\n  install @fletching/job where the job lies, in its folder or one above\n",
    },
    {
      when: 'it throws',
      text: 'throw new Error("no weather today")',
      said: 'NOT_A_JOB: the module could not be loaded: no weather today\n  at FOLDER/clicks.mjs\n',
    },
    {
      when: 'it throws what is no error',
      text: 'throw "no weather today"',
      said: 'NOT_A_JOB: the module could not be loaded: no weather today\n  at FOLDER/clicks.mjs\n',
    },
    {
      when: 'defineJob refuses it',
      text: clicks.replace("'clicks'", "'my clicks'"),
      said: 'BAD_JOB: "my clicks" cannot name a job\n  at FOLDER/clicks.mjs\n  expected letters, digits, - and _, as in segment-to-personalize\n',
    },
    {
      when: 'Node takes the file for CommonJS that imports',
      file: 'clicks.js',
      text: clicks,
      packageJson: '{"type":"commonjs"}',
      said: `NOT_A_JOB: the module could not be loaded: Cannot use import statement outside a module\n  at FOLDER/clicks.js\n  ${esm}\n`,
    },
    {
      when: 'Node takes the file for CommonJS that exports',
      file: 'clicks.js',
      text: 'export default 1',
      packageJson: '{"type":"commonjs"}',
      said: `NOT_A_JOB: the module could not be loaded: Unexpected token 'export'\n  at FOLDER/clicks.js\n  ${esm}\n`,
    },
  ])('says so when $when', async ({ file = 'clicks.mjs', text, packageJson, said }) => {
    const name = file === 'clicks.js' ? './clicks.js' : './clicks.mjs'
    expect(await explained(file, text, name, packageJson)).toEqual({ code: 2, said, isPlan: false })
  })
})
