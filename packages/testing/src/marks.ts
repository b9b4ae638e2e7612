import { type Dirent, existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Credentials of tests: nothing that we print or write may hold a piece of them. */
export const markedCredentials = {
  AWS_ACCESS_KEY_ID: 'AKIATESTMARK',
  AWS_SECRET_ACCESS_KEY: 'secret-test-mark',
  AWS_SESSION_TOKEN: 'token-test-mark',
} as const

/** The item in the events of tests: it may stand in outputs, and in no word about a run. */
export const EVENT_MARK = 'red-shoe'

/** Where marks are looked for. */
export interface Watched {
  /** The environment of who wrote the texts: credentials that it holds are marks too. */
  readonly env?: Readonly<Record<string, string>>
  /** Whether the texts are there to show events: outputs that are printed, or an error under `--show-data`. Never credentials. */
  readonly showsEvents?: boolean
}

/** Holds texts, by their names, against the marks. */
export function assertUnmarked(texts: Readonly<Record<string, string>>, watched: Watched = {}): void {
  const { env = {}, showsEvents = false } = watched
  const given = Object.keys(markedCredentials).flatMap((name) => env[name] ?? [])
  const credentials = (text: string) => /test-?mark/i.exec(text)?.[0] ?? given.find((secret) => text.includes(secret))
  for (const [name, text] of Object.entries(texts)) {
    const mark = credentials(text) ?? (!showsEvents && text.includes(EVENT_MARK) ? EVENT_MARK : undefined)
    if (mark === undefined) continue
    const at = text.indexOf(mark)
    throw new Error(`${name} holds the mark ${mark}: …${text.slice(Math.max(0, at - 100), at + mark.length + 20)}…`)
  }
}

/** Whether a file tells of runs: a report, or one of the state folder. The lines of the rejects are those of the input. */
export function isRecord(name: string): boolean {
  if (/(^|\/)(report|manifest|intent|ledger)\.json$/.test(name)) return true
  return /(^|\/)_fletching\//.test(name) && !/(^|\/)rejects[^/]*$/.test(name)
}

/** Holds every file below a folder that tells of runs against the marks. */
export async function assertRecordsUnmarked(folder: string): Promise<void> {
  if (!existsSync(folder)) return
  const nameOf = ({ parentPath, name }: Dirent) => join(parentPath, name)
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
  for (const name of files.map(nameOf).filter(isRecord)) assertUnmarked({ [name]: await readFile(name, 'utf8') })
}
