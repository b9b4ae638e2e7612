import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { commandFile, inFolder } from '@fletching/testing'
import { describe, expect, it } from 'vitest'

describe('the command in a checkout that was not built', () => {
  it('says what to do', () =>
    inFolder(async (folder) => {
      const command = join(folder, 'bin/fletching.js')
      mkdirSync(dirname(command))
      copyFileSync(commandFile, command)
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
