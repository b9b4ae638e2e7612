import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inFolder } from '@fletching/testing'
import { makeGolden, readGolden, writeGolden } from '@fletching/testing/golden'
import { describe, expect, it } from 'vitest'

const event =
  '{"userId":"u1","event":"Product Clicked","properties":{"sku":"red-shoe"},"timestamp":"2019-05-18T20:13:05.123Z"}\n'
const job = 'segment-to-personalize'

/** Gives the test a case of these files. */
function inCase<T>(files: Readonly<Record<string, string>>, test: (folder: string) => Promise<T>): Promise<T> {
  return inFolder(async (place) => {
    const folder = join(place, 'odd-case')
    await mkdir(folder)
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
    return test(folder)
  })
}

describe('the golden runner', () => {
  it('gives what came out as it would stand in the files', () =>
    inCase({ 'case.json': JSON.stringify({ job }), 'events.ndjson': `${event}{\n` }, async (folder) => {
      const files = await makeGolden(folder)
      expect(files['plan.txt']).toContain('scan ndjson events.ndjson as segmentTrack')
      expect(JSON.parse(files['schema.json'] ?? '')[0].columns.TIMESTAMP).toBe('int64')
      expect(files['expected.csv']).toBe(
        'USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\nu1,red-shoe,Product Clicked,1558210385\n',
      )
      expect(files['expected.parquet.json']).toBe(`{
  "dt=2019-05-18": [
    {"user_id":"u1","item_id":"red-shoe","event_type":"Product Clicked","timestamp_s":"1558210385","event_time":"2019-05-18T20:13:05.123Z"}
  ]
}
`)
      expect(files['rejects.ndjson']).toBe(
        `{"object":"events.ndjson","line":2,"byteOffset":${event.length},"errorOffset":1,"stage":"malformed","code":"UNFINISHED","text":"{"}\n`,
      )
      expect(JSON.parse(files['expected-report.json'] ?? '').accounting).toMatchObject({ lines: 2, rows: 1 })
      expect(await readdir(folder)).toEqual(['case.json', 'events.ndjson'])
    }))

  it('takes other parameters from case.json', () => {
    const settings = { job, params: { S3_JSON_INPUT_PATH: 'events.ndjson', S3_CSV_OUTPUT_PATH: 'a.csv' } }
    return inCase({ 'case.json': JSON.stringify(settings), 'events.ndjson': event }, async (folder) => {
      const files = await makeGolden(folder)
      expect(files['plan.txt']).toContain('write csv a.csv as')
      expect(files['expected.csv']).toContain('u1,red-shoe')
      expect(files['expected.parquet.json']).toBeUndefined()
      expect(files['rejects.ndjson']).toBeUndefined()
    })
  })

  it('writes its files, and takes away those that there must not be', () =>
    inCase(
      { 'case.json': JSON.stringify({ job }), 'events.ndjson': event, 'rejects.ndjson': 'old' },
      async (folder) => {
        const files = await makeGolden(folder)
        expect(await readGolden(folder)).toMatchObject({ 'plan.txt': undefined, 'rejects.ndjson': 'old' })
        await writeGolden(folder, files)
        expect(await readGolden(folder)).toEqual(files)
      },
    ))

  it.each([{}, { 'case.json': '{"job":"nobody"}' }])('refuses a case without a job: %j', (files) =>
    inCase(files, async (folder) => {
      await expect(makeGolden(folder)).rejects.toThrow(
        `${folder} has no job: give it a job.ts, or a case.json with the name of a built-in job`,
      )
    }),
  )
})
