import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { assertUnmarked, inFolder, openTestS3 } from '@fletching/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { tools } from '../packages/cli/src/tools.ts'

/** Every example in every README, and the job of one guide, is compiled and run against the build, as whoever copies it would do. */
const root = join(import.meta.dirname, '..')
const rooms = [...readdirSync(join(root, 'packages')).map((name) => `packages/${name}`), 'jobs', 'benchmarks', '.']
const examples = [...rooms, 'docs/coming-from-glue.md'].flatMap((room) =>
  blocksOf(room, 'ts').map((code, index) => ({ name: fileName(room, index), code })),
)
/** Inside the repository, so that the examples find the packages. */
const place = join(root, 'node_modules/.cache/readme')
let mistakes = ''
/** What each example threw. */
let thrown: Readonly<Record<string, string>>

beforeAll(async () => {
  rmSync(place, { recursive: true, force: true })
  mkdirSync(place, { recursive: true })
  for (const { name, code } of examples) writeFileSync(join(place, `${name}.ts`), code)
  writeFileSync(
    join(place, 'tsconfig.json'),
    JSON.stringify({
      extends: '../../../tsconfig.base.json',
      // The build's types, as users have them.
      compilerOptions: { composite: false, declaration: false, declarationMap: false, customConditions: [] },
      files: examples.map(({ name }) => `${name}.ts`),
    }),
  )
  writeFileSync(join(place, 'package.json'), '{"type":"module"}')
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  mistakes = await run(process.execPath, [tsc, '-p', place], root).then(
    () => '',
    (error: { stdout: string }) => error.stdout,
  )
  // One after the other in one process, which loads what most of them import once, and ends by itself.
  writeFileSync(join(place, 'run.js'), runner)
  await run(process.execPath, [join(place, 'run.js'), ...examples.map(({ name }) => name)], place)
  thrown = JSON.parse(readFileSync(join(place, 'thrown.json'), 'utf8'))
})

const runner = `
  import { writeFileSync } from 'node:fs'
  const thrown = {}
  for (const name of process.argv.slice(2)) {
    await import(\`./\${name}.js\`).catch((error) => (thrown[name] = String(error?.stack)))
  }
  writeFileSync('thrown.json', JSON.stringify(thrown))
`

describe('the README', () => {
  it.each(rooms)('of %s has an example', (room) => {
    expect([...blocksOf(room, 'ts'), ...blocksOf(room, 'sh')]).not.toEqual([])
  })

  it.each(examples)('example $name compiles and runs', ({ name }) => {
    expect(mistakes.split('\n').filter((line) => line.includes(`${name}.ts`))).toEqual([])
    expect(thrown[name]).toBeUndefined()
  })

  it('of the command has commands that run and print what it says', () =>
    inFolder(async (folder) => {
      const [commands] = blocksOf('packages/cli', 'sh')
      const [printed] = blocksOf('packages/cli', 'text')
      expect((await shell(commands, folder)).slice(-printed.length)).toBe(printed)
    }))

  it('of the benchmarks has commands that run', async () => {
    for (const commands of blocksOf('benchmarks', 'sh')) expect(await shell(commands, root)).not.toBe('')
  })
})

describe('the README of the repository', () => {
  const [everyday, buckets, container] = blocksOf('.', 'sh')

  it('begins with what .ci/run does on a clean checkout', () => {
    const steps = readFileSync(join(root, '.ci/run'), 'utf8').split('\n')
    const commands = everyday.trim().split('\n')
    expect(commands).toEqual(['npm ci && npm start', 'npm ci && npm test'])
    for (const command of commands.flatMap((line) => line.split(' && '))) expect(steps).toContain(command)
  })

  it('runs the main job from bucket to bucket, as a command and as the container does', async () => {
    const s3 = await openTestS3()
    const client = new S3Client({
      endpoint: s3.endpoint,
      forcePathStyle: true,
      region: 'us-east-1',
      credentials: { accessKeyId: s3.env.AWS_ACCESS_KEY_ID, secretAccessKey: s3.env.AWS_SECRET_ACCESS_KEY },
    })
    try {
      for (const Bucket of ['my-logs', 'my-exports']) await client.send(new CreateBucketCommand({ Bucket }))
      await shell('fletching gen --to s3://my-logs --bytes 100kB', root, s3.env)
      expect(await shell(buckets, root, s3.env)).toContain('s3://my-exports/table/dt=2019-05-18/part-00000.parquet')

      const given = [...container.matchAll(/ -e (\w+)=(\S+)/g)].map(([, name, value]) => [name, value])
      const image = /^ENV .*\b(FLETCHING_JOB)=(\S+)$/m.exec(readFileSync(join(root, 'Dockerfile'), 'utf8'))
      const env = { ...s3.env, ...Object.fromEntries([...given, image?.slice(1) ?? []]) }
      expect(await shell('fletching', root, env)).toContain('s3://my-exports/interactions/part-00000.csv')
    } finally {
      client.destroy()
      await s3.close()
    }
  })

  it('names commands that run, one after the other', async () => {
    const text = readFileSync(join(root, 'README.md'), 'utf8')
    const commands = [...text.matchAll(/`(fletching [^`]+)`/g)].map(([, command]) => command)
    expect(commands).toHaveLength(5)
    const folder = join(place, 'work')
    mkdirSync(folder)
    const job = examples.find(({ name, code }) => name.startsWith('root') && code.includes('defineJob'))
    cpSync(join(place, `${job?.name}.js`), join(folder, 'clicks.js'))
    for (const command of commands) {
      await shell(command.replace('…', '--S3_JSON_INPUT_PATH in --S3_CSV_OUTPUT_PATH out'), folder)
    }
    expect(readFileSync(join(folder, 'out/clicks/part-00000.csv'), 'utf8')).toMatch(/^user,sku,at\r\n\S+,/)
  })
})

describe('the guide for whoever runs jobs', () => {
  const guide = readFileSync(join(root, 'docs/operating.md'), 'utf8')

  it('names options that the command has', async () => {
    const ofTools = tools.flatMap(({ options }) => Object.keys(options).map((name) => `--${name}`))
    const known = [await shell('fletching run --help', root), ...ofTools].join('\n')
    const options = [...new Set([...guide.matchAll(/--[a-z][a-z-]+/g)].map(([option]) => option))]
    expect(options.length).toBeGreaterThan(20)
    expect(options.filter((option) => !known.includes(option) && option !== '--outputs')).toEqual([])
  })

  it('names commands on a bookmark that the command has', async () => {
    const known = await shell('fletching bookmark --help', root)
    const commands = [...guide.matchAll(/`fletching bookmark (\S+) JOB/g)].map(([, command]) => command)
    expect(commands).toEqual(['show', 'rewind', 'reset', 'set-to-now'])
    expect(commands.filter((command) => !known.includes(command))).toEqual([])
    expect(known).toContain('--outputs')
  })
})

/** The blocks of a language in the README of a room, or in another page. */
function blocksOf(room: string, language: string): string[] {
  const text = readFileSync(join(root, room.endsWith('.md') ? room : `${room}/README.md`), 'utf8')
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .filter((match) => match[1] === language)
    .map((match) => match[2])
}

function fileName(room: string, index: number): string {
  return `${room === '.' ? 'root' : room.replace('/', '-').replace('.md', '')}-${index + 1}`
}

/** What commands print, with `fletching` and `npx` at hand; a command that fails is an error. */
function shell(commands: string, cwd: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const paths = [join(root, 'node_modules/.bin'), dirname(process.execPath), process.env.PATH]
  return run('sh', ['-ec', commands], cwd, { ...env, PATH: paths.join(':'), HOME: place })
}

async function run(file: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = process.env) {
  const { stdout, stderr } = await promisify(execFile)(file, args, { cwd, env })
  assertUnmarked({ stdout, stderr })
  return stdout
}
