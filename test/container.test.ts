import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inFolder } from '@fletching/testing'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const wanted = process.env.FLETCHING_TEST_CONTAINER !== undefined
/** Who runs in the container: nobody. Only root can become somebody else. */
const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}

const event =
  '{"userId":"u1","event":"Product Clicked","properties":{"sku":"red-shoe"},"timestamp":"2019-05-18T20:13:05.123Z"}\n'

/** What the Dockerfile does, without a container engine: packed packages, installed in an empty folder. */
describe.skipIf(!wanted)('the installed command (npm run test:container)', () => {
  it('runs as nobody with nothing but its environment, under Node 20 and Node 24', { timeout: 600_000 }, () =>
    inFolder(async (folder) => {
      chmodSync(folder, 0o755)
      const npm = (...args: string[]) => execFileSync('npm', args, { cwd: folder, stdio: 'pipe' })
      execFileSync(join(root, 'scripts/pack.sh'), [join(folder, 'packed')], { stdio: 'pipe' })
      writeFileSync(join(folder, 'package.json'), '{"private":true}')
      const packed = readdirSync(join(folder, 'packed')).map((name) => join(folder, 'packed', name))
      npm('install', '--omit=dev', '--no-package-lock', ...packed)
      npm('install', '--no-package-lock', '--no-save', '--prefix', join(folder, 'runtime'), 'node@24')

      const command = join(folder, 'node_modules/.bin/fletching')
      const runtimes = [process.execPath, join(folder, 'runtime/node_modules/node/bin/node')]
      const majors: string[] = []
      for (const node of runtimes) {
        const place = join(folder, `run${majors.length}`)
        mkdirSync(join(place, 'in'), { recursive: true })
        mkdirSync(join(place, 'work'))
        writeFileSync(join(place, 'in/a.json'), event)
        if (nobody.uid !== undefined) chownSync(join(place, 'work'), nobody.uid, nobody.gid)
        const env = {
          FLETCHING_JOB: 'segment-to-personalize',
          S3_JSON_INPUT_PATH: join(place, 'in'),
          S3_CSV_OUTPUT_PATH: join(place, 'work/csv'),
          S3_PARQUET_OUTPUT_PATH: join(place, 'work/table'),
        }
        const run = spawnSync(node, [command], { cwd: join(place, 'work'), env, ...nobody, encoding: 'utf8' })
        expect({ status: run.status, stderr: run.stderr }).toEqual({ status: 0, stderr: '' })
        expect(readFileSync(join(place, 'work/csv/part-00000.csv'), 'utf8')).toBe(
          'USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\nu1,red-shoe,Product Clicked,1558210385\n',
        )
        expect(existsSync(join(place, 'work/table/dt=2019-05-18/part-00000.parquet'))).toBe(true)
        majors.push(spawnSync(node, ['-p', 'process.versions.node.split(".")[0]'], { encoding: 'utf8' }).stdout.trim())
      }
      expect(majors).toContain('24')
    }),
  )
})

describe('the Dockerfile', () => {
  const text = readFileSync(join(root, 'Dockerfile'), 'utf8')

  it('copies only what is there, and ends as a user who is not root', () => {
    expect(text).toContain('scripts/pack.sh')
    expect(existsSync(join(root, 'scripts/pack.sh'))).toBe(true)
    expect(text).toMatch(/^USER node$/m)
    expect(text).toMatch(/^ENTRYPOINT \["fletching"\]$/m)
    expect(text).toContain('FLETCHING_JOB=segment-to-personalize')
  })
})
