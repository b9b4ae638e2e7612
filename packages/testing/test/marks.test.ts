import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openFaultyS3 } from '../src/faulty-s3/server.ts'
import { inFolder } from '../src/folder.ts'
import { assertUnmarked, EVENT_MARK, isRecord, markedCredentials } from '../src/marks.ts'

const { AWS_SECRET_ACCESS_KEY: SECRET } = markedCredentials

describe('no text', () => {
  it.each(Object.values(markedCredentials))('holds a piece of a credential, whatever it shows: %s', (credential) => {
    for (const showsEvents of [false, true]) {
      expect(() => assertUnmarked({ stderr: `cannot sign with ${credential.slice(2)}` }, { showsEvents })).toThrow(
        /^stderr holds the mark test-?mark: …cannot sign with/i,
      )
    }
  })

  it('holds a credential that its writer was given', () => {
    const env = { AWS_SESSION_TOKEN: 'given', OTHER: 'other' }
    assertUnmarked({ stdout: 'other given' })
    assertUnmarked({ stdout: 'other' }, { env })
    expect(() => assertUnmarked({ stdout: 'other given' }, { env })).toThrow(
      'stdout holds the mark given: …other given…',
    )
  })

  it('holds a value of an event, but for those that show events', () => {
    assertUnmarked({ stdout: `an ${EVENT_MARK}` }, { showsEvents: true })
    expect(() => assertUnmarked({ stderr: '', stdout: `a ${EVENT_MARK}` })).toThrow('stdout holds the mark red-shoe')
  })
})

it('tells records from outputs', () => {
  const names = ['report.json', 'a/_fletching/job/csv/manifest.json', '_fletching/j/c/runs/1.json', 'x/intent.json']
  expect(names.filter((name) => !isRecord(name))).toEqual([])
  expect(
    ['csv/part-00000.csv', '_fletching/j/c/rejects.ndjson', '_fletching/j/c/rejects-1.ndjson', 'in/a'].filter(isRecord),
  ).toEqual([])
})

describe('a record that holds a mark fails', () => {
  it.each(['report.json', '_fletching/job/csv/ledger/1.ndjson'])('the folder of a test: %s', async (name) => {
    const write = (text: string) =>
      inFolder(async (folder) => {
        await mkdir(dirname(join(folder, name)), { recursive: true })
        await writeFile(join(folder, name), text)
        await writeFile(join(folder, 'output'), SECRET)
      })
    await write('well')
    await expect(write(SECRET)).rejects.toThrow(`${name} holds the mark test-mark: …secret-test-mark…`)
  })

  it('the server of a test, also when it is replaced', async () => {
    const s3 = await openFaultyS3({ buckets: ['bucket'] })
    const put = (key: string, body: string) => fetch(`${s3.endpoint}/bucket/${key}`, { method: 'PUT', body })
    await put('csv/part-00000.csv', EVENT_MARK)
    await put('_fletching/job/csv/manifest.json', EVENT_MARK)
    await put('_fletching/job/csv/manifest.json', 'well')
    await expect(s3.close()).rejects.toThrow('_fletching/job/csv/manifest.json holds the mark red-shoe: …red-shoe…')
  })
})
