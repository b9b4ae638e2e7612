import { spawnSync } from 'node:child_process'
import { cpSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { commandFile, inFolder, startFletching } from '@fletching/testing'
import { describe, expect, it } from 'vitest'

describe('the command in a checkout that was not built', () => {
  it('says what to do', () =>
    inFolder(async (folder) => {
      const command = join(folder, 'bin/fletching.js')
      cpSync(dirname(commandFile), dirname(command), { recursive: true })
      writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
      const { status, stdout, stderr } = spawnSync(process.execPath, [command, 'list'], { encoding: 'utf8' })
      expect({ status, stdout, stderr }).toEqual({
        status: 2,
        stdout: '',
        stderr:
          'NOT_BUILT: the command has not been compiled\n  npm run build compiles it, and so do npm start and npm test\n',
      })
    }))
})

describe('the command on a Node that is too old', () => {
  it('says which it needs', () =>
    inFolder(async (folder) => {
      const preload = join(folder, 'older.cjs')
      writeFileSync(preload, "delete require('node:zlib').crc32")
      expect(await startFletching(['list'], { nodeArgs: ['--require', preload] }).ended).toEqual({
        code: 4,
        stdout: '',
        stderr: `NODE_TOO_OLD: Node ${process.version} lacks what the command needs\n  expected Node 20.19 or newer of 20, or 22.2 or newer\n`,
      })
    }))
})
